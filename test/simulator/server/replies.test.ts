import assert from 'node:assert/strict';
import { once } from 'node:events';
import { HELLO_1_0, rawOn, rpc } from './raw-client.ts';
import { ok, scriptedServers } from './scripted-servers.ts';

describe('a NETCONF session over SSH', () => {
  const { session, closeAll } = scriptedServers();

  afterEach(closeAll);

  describe("carries out the device's replies", () => {
    it('last: sends the reply, then ends; later requests do not reach the device', async () => {
      const { raw, device } = await session((operation) => ({
        kind: 'reply',
        body: '<ok/>',
        last: operation.name === 'close-session',
      }));
      raw.send(rpc('<close-session/>'), rpc('<commit/>'));
      assert.match(await raw.receive(), /<ok\/>/);
      assert.match(await raw.rest(), /^<!-- session end/);
      assert.deepEqual(device.asked, ['close-session']);
    });

    it('drop: cuts the whole connection without a reply', async () => {
      const { raw, device } = await session(() => ({ kind: 'drop' }));
      const closed = once(raw.client, 'close');
      raw.send(rpc('<commit/>'));
      assert.equal(await raw.rest(), '');
      await closed;
      assert.deepEqual(device.closed, [101]);
    });

    it('truncate: sends half of the reply, then cuts the connection', async () => {
      const { raw } = await session(() => ({ kind: 'truncate', body: '<commit-results/>' }));
      const closed = once(raw.client, 'close');
      raw.send(rpc('<commit/>'));
      const came = await raw.rest();
      assert.match(came, /^<rpc-reply /);
      assert.ok(!came.includes('</rpc-reply>'));
      await closed;
    });

    it('never: sends no reply to this request, but one to the next', async () => {
      const { raw } = await session((operation) =>
        operation.name === 'commit' ? { kind: 'never' } : { kind: 'reply', body: '<ok/>', last: false },
      );
      raw.send(rpc('<commit/>', '1'), rpc('<get/>', '2'));
      assert.match(await raw.receive(), /message-id="2"/);
    });

    it('half-close: sends the reply, then ends the output; later requests are still carried out', async () => {
      const { raw, device } = await session(() => ({ kind: 'half-close', body: '<ok/>' }));
      raw.send(rpc('<commit/>'));
      assert.match(await raw.receive(), /<ok\/>/);
      assert.equal(await raw.rest(), '');
      assert.deepEqual(device.closed, []);
      const closed = once(raw.client, 'close');
      raw.send(rpc('<unlock/>'));
      await raw.close();
      await closed;
      assert.deepEqual(device.asked, ['commit', 'unlock']);
    });

    it('killed: closes the channel; another channel of the connection stays', async () => {
      const { raw, device } = await session(ok);
      const neighbour = await rawOn(raw.client);
      await neighbour.receive();
      neighbour.send(HELLO_1_0);
      device.end(101, 'killed');
      assert.equal(await raw.rest(), '');
      assert.match(await neighbour.ask('<get/>'), /<get\/>/);
    });

    it('restarted: cuts the connection, even during a request', async () => {
      let begin = (): void => {};
      const begun = new Promise<void>((resolve) => (begin = resolve));
      const { raw, device } = await session(() => {
        begin();
        return new Promise(() => {});
      });
      const closed = once(raw.client, 'close');
      raw.send(rpc('<commit/>'));
      await begun;
      device.end(101, 'restarted');
      await closed;
    });
  });
});
