import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Proxy } from '../../local/proxy.ts';

describe('a proxy in front of a server that sends everything back', () => {
  let server: Server;
  let proxy: Proxy;
  let client: Socket;
  beforeEach(async () => {
    server = createServer((socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = await Proxy.open(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    client = dial();
    await once(client, 'connect');
  });
  afterEach(async () => {
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });

  function dial(): Socket {
    const port = Number(proxy.endpoint.split(':')[1]);
    return connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => undefined);
  }
  const said = async (): Promise<string> => String((await once(client, 'data'))[0]);

  it('passes on what both ends send', async () => {
    client.write('hello');
    assert.equal(await said(), 'hello');
  });

  it('passes nothing on while it is frozen, and loses nothing', async () => {
    proxy.freeze();
    client.write('hello');
    const early = await Promise.race([said(), new Promise((resolve) => setTimeout(resolve, 50, 'nothing'))]);
    assert.equal(early, 'nothing');
    const late = said();
    proxy.unfreeze();
    assert.equal(await late, 'hello');
  });

  it('delays what it passes on', async () => {
    proxy.delayMs = 40;
    const began = performance.now();
    client.write('hello');
    assert.equal(await said(), 'hello');
    assert.ok(performance.now() - began >= 75, 'both ways take 40 ms each');
  });

  it('that is opened beside another one shares what is armed with it', async () => {
    const other = await Proxy.open(`127.0.0.1:${(server.address() as AddressInfo).port}`, proxy);
    try {
      other.arm('hello', { kind: 'request' });
      client.write('hello');
      await once(client, 'close');
      assert.deepEqual([proxy.cuts, other.cuts], [1, 0]);
      client = connect({ port: Number(other.endpoint.split(':')[1]), host: '127.0.0.1' });
      client.write('hello');
      assert.equal(await said(), 'hello');
    } finally {
      await other.close();
    }
  });

  it('cuts all connections, and accepts new ones', async () => {
    proxy.drop();
    await once(client, 'close');
    client = dial();
    client.write('again');
    assert.equal(await said(), 'again');
  });

  it('passes on half a message, then cuts the connection', async () => {
    proxy.halve();
    const closed = once(client, 'close');
    client.write('12345678');
    assert.equal(await said(), '1234');
    await closed;
    assert.equal(proxy.cuts, 1);
  });

  it('passes on what is before a text, then cuts the connection', async () => {
    proxy.armAnswer('34');
    const closed = once(client, 'close');
    client.write('12345678');
    assert.equal(await said(), '12');
    await closed;
    assert.equal(proxy.cuts, 1);
  });

  it('makes a request wait until something else has happened', async () => {
    let happened = false;
    proxy.arm('hel', {
      kind: 'pause',
      meanwhile: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        happened = true;
      },
    });
    client.write('hello');
    assert.equal(await said(), 'hello');
    assert.ok(happened);
  });
});
