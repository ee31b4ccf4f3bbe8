import assert from 'node:assert/strict';
import { once } from 'node:events';
import { openRaw, rpc } from './raw-client.ts';
import {
  commit,
  COMPARE,
  description,
  load,
  LOCK,
  routersOfTest,
  RUNNING,
  sessionWith,
  USER,
  VRRP,
} from './starting.ts';

describe('a simulated router', () => {
  const { router, closeAll } = routersOfTest();

  afterEach(closeAll);

  it('carries out a lock, a load, a compare and a commit', async () => {
    const at = await router();
    const raw = await sessionWith(at);
    assert.match(await raw.ask(LOCK), /<ok\/>/);
    assert.match(await raw.ask(load(description('new'))), /<ok\/>/);
    assert.match(
      await raw.ask(COMPARE),
      /\n\[edit interfaces ae0\]\n-\s+description downlink;\n\+\s+description new;/,
    );
    assert.match(await raw.ask('<commit/>'), /<commit-success\/>|<ok\/>/);
    assert.match(at.device.running(), /description new;/);
  });

  it('says hello as a router does: with the class of the user, and each standard capability in both of its forms', async () => {
    const { host, port } = await router();
    const raw = await openRaw({ host, port, username: USER.name, password: USER.password });
    const greeting = await raw.receive();
    assert.match(greeting, /^<!-- [^\n]+ -->\n<!-- user netops, class j-super-user -->\n<hello /);
    const offered = [...greeting.matchAll(/<capability>([^<]+)</g)].map(([, uri = '']) => uri);
    for (const name of ['base:1.0', 'capability:candidate:1.0', 'capability:confirmed-commit:1.0']) {
      assert.ok(offered.includes(`urn:ietf:params:netconf:${name}`), name);
      assert.ok(offered.includes(`urn:ietf:params:xml:ns:netconf:${name}`), `${name}, the other form`);
    }
    await raw.close();
  });

  it('names the session that owns the lock to another session', async () => {
    const at = await router();
    const [one, two] = [await sessionWith(at), await sessionWith(at)];
    await one.ask(LOCK);
    assert.match(await two.ask(LOCK), /lock-denied[^]*locked by:\s+netops terminal[^]*<session-id>5001</);
  });

  it('closes the channel of a killed session, and releases its lock', async () => {
    const at = await router();
    const [one, two] = [await sessionWith(at), await sessionWith(at)];
    await one.ask(LOCK);
    const killed = await two.ask('<kill-session><session-id>5001</session-id></kill-session>');
    assert.match(killed, /<ok\/>/);
    assert.equal(await one.rest(), '');
    assert.match(await two.ask(LOCK), /<ok\/>/);
  });

  it('keeps the lock of a session on a half-open connection until the session is killed', async () => {
    const at = await router();
    at.keepHalfOpen(true);
    const [one, two] = [await sessionWith(at), await sessionWith(at)];
    await one.ask(LOCK);
    const gone = once(one.client, 'close');
    one.client.destroy();
    await gone;
    assert.match(await two.ask(LOCK), /lock-denied/);
    await two.ask('<kill-session><session-id>5001</session-id></kill-session>');
    assert.match(await two.ask(LOCK), /<ok\/>/);
  });

  it('releases the lock of a client that has disconnected', async () => {
    const at = await router();
    const [one, two] = [await sessionWith(at), await sessionWith(at)];
    await one.ask(LOCK);
    one.client.destroy();
    while (/lock-denied/.test(await two.ask(LOCK))) await new Promise((resolve) => setTimeout(resolve, 2));
  });

  it('falls back from a standard confirmed commit when its client disconnects', async () => {
    const at = await router();
    const raw = await sessionWith(at);
    const confirmed = '<commit><confirmed/><confirm-timeout>600</confirm-timeout></commit>';
    for (const operation of [LOCK, load(description('unconfirmed')), confirmed])
      assert.match(await raw.ask(operation), /<ok\/>|<commit-success\/>/);
    assert.match(at.device.running(), /description unconfirmed;/);
    const changed = new Promise<void>((resolve) => at.device.onChange(resolve));
    raw.client.destroy();
    await changed;
    assert.match(at.device.running(), /description downlink;/);
  });

  it('cuts every connection when it restarts, and runs the committed configuration after that', async () => {
    const at = await router();
    const raws = [await sessionWith(at), await sessionWith(at)];
    await commit(raws[0]!, description('committed'));
    const closed = raws.map((raw) => once(raw.client, 'close'));
    at.device.restart();
    await Promise.all(closed);
    assert.match(await (await sessionWith(at)).ask(RUNNING), /description committed;/);
  });

  it('lets a read-only user read and not write', async () => {
    const at = await router({ users: [{ ...USER, permission: 'read-only' }] });
    const raw = await sessionWith(at);
    assert.match(await raw.ask(RUNNING), /<configuration-text/);
    assert.match(await raw.ask('<commit/>'), /permission denied/);
  });

  it('serves fifty sessions at once, each with its own replies', async () => {
    const at = await router();
    const all = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const raw = await sessionWith(at);
        for (const id of [`${index}-a`, `${index}-b`, `${index}-c`]) raw.send(rpc(VRRP, id));
        return [await raw.receive(), await raw.receive(), await raw.receive()];
      }),
    );
    assert.equal(at.connections, 50);
    for (const [index, replies] of all.entries()) {
      const ids = replies.map((reply) => /message-id="([^"]*)"/.exec(reply)?.[1]);
      assert.deepEqual(ids, [`${index}-a`, `${index}-b`, `${index}-c`]);
    }
  });

  describe('with faults', () => {
    it('does a commit and loses its reply', async () => {
      const at = await router();
      at.device.faults.add({ rpc: 'commit', moment: 'after', outcome: { kind: 'drop' } });
      const raw = await sessionWith(at);
      const closed = once(raw.client, 'close');
      raw.send(rpc(LOCK), rpc(load(description('done'))), rpc('<commit/>'));
      for (const _ of [1, 2]) await raw.receive();
      assert.equal(await raw.rest(), '');
      await closed;
      assert.match(at.device.running(), /description done;/);
    });

    it('cuts the connection before a commit', async () => {
      const at = await router();
      at.device.faults.add({ rpc: 'commit', outcome: { kind: 'drop' } });
      const raw = await sessionWith(at);
      raw.send(rpc(LOCK), rpc(load(description('undone'))), rpc('<commit/>'));
      for (const _ of [1, 2]) await raw.receive();
      assert.equal(await raw.rest(), '');
      assert.match(at.device.running(), /description downlink;/);
    });

    it('cuts the connection during a commit, and completes the commit', async () => {
      const at = await router({ options: { delays: { commit: 30 } } });
      at.device.faults.add({ rpc: 'commit', step: 'activate', outcome: { kind: 'drop-and-go-on' } });
      const raw = await sessionWith(at);
      const closed = once(raw.client, 'close');
      const changed = new Promise<void>((resolve) => at.device.onChange(resolve));
      raw.send(rpc(LOCK), rpc(load(description('later'))), rpc('<commit/>'));
      await closed;
      assert.match(at.device.running(), /description downlink;/);
      await changed;
      assert.match(at.device.running(), /description later;/);
    });

    it('replies in part, late, or never', async () => {
      const at = await router();
      at.device.faults.add({ rpc: 'get-configuration', outcome: { kind: 'delay', ms: 20 } });
      at.device.faults.add({ rpc: 'discard-changes', outcome: { kind: 'never-reply' } });
      at.device.faults.add({ rpc: 'lock', outcome: { kind: 'truncate' } });
      const raw = await sessionWith(at);
      assert.match(await raw.ask(RUNNING), /<configuration-text/);
      raw.send(rpc('<discard-changes/>', '1'), rpc(VRRP, '2'));
      assert.match(await raw.receive(), /message-id="2"/);
      raw.send(rpc(LOCK));
      const half = await raw.rest();
      assert.match(half, /^<rpc-reply/);
      assert.doesNotMatch(half, /<\/rpc-reply>/);
    });
  });
});
