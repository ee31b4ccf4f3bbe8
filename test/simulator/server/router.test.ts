import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVirtualClock } from '../../../simulator/device/index.ts';
import { knownHostsLine } from '../../../simulator/server/host-key.ts';
import { createHostKey, keptHostKey, startPair, startRouters } from '../../../simulator/server/index.ts';
import { rpc } from './raw-client.ts';
import { commit, COMPARE, load, LOCK, loginTo, routersOfTest, sessionWith, unit, USER } from './starting.ts';

const VRRP = '<get-vrrp-information><summary/></get-vrrp-information>';
const RUNNING = '<get-configuration format="text" database="committed"/>';
const description = (text: string): string => `interfaces { ae0 { description ${text}; } }`;

describe('a simulated router', () => {
  const { router, pair, closeAll } = routersOfTest();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'router-'));
  });
  afterEach(async () => {
    await closeAll();
    rmSync(folder, { recursive: true });
  });

  it('takes a lock, a load, a compare and a commit', async () => {
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

  it('tells one session that another one has the lock, by its session id', async () => {
    const at = await router();
    const [one, two] = [await sessionWith(at), await sessionWith(at)];
    await one.ask(LOCK);
    assert.match(await two.ask(LOCK), /lock-denied[^]*locked by:\s+netops terminal[^]*<session-id>5001</);
  });

  it('closes the channel of a session that another one kills, and frees its lock', async () => {
    const at = await router();
    const [one, two] = [await sessionWith(at), await sessionWith(at)];
    await one.ask(LOCK);
    const killed = await two.ask('<kill-session><session-id>5001</session-id></kill-session>');
    assert.match(killed, /<ok\/>/);
    assert.equal(await one.rest(), '');
    assert.match(await two.ask(LOCK), /<ok\/>/);
  });

  it('keeps the lock of a client that vanished from a half-open connection, until it is killed', async () => {
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

  it('frees the lock of a client that is gone', async () => {
    const at = await router();
    const [one, two] = [await sessionWith(at), await sessionWith(at)];
    await one.ask(LOCK);
    one.client.destroy();
    while (/lock-denied/.test(await two.ask(LOCK))) await new Promise((resolve) => setTimeout(resolve, 2));
  });

  it('takes back what a vanished session had committed until confirmed', async () => {
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

  it('cuts every connection when it restarts, and is there again with what was committed', async () => {
    const at = await router();
    const raws = [await sessionWith(at), await sessionWith(at)];
    await commit(raws[0]!, description('committed'));
    const closed = raws.map((raw) => once(raw.client, 'close'));
    at.device.restart();
    await Promise.all(closed);
    assert.match(await (await sessionWith(at)).ask(RUNNING), /description committed;/);
  });

  it('lets a read-only user look, not change', async () => {
    const at = await router({ users: [{ ...USER, permission: 'read-only' }] });
    const raw = await sessionWith(at);
    assert.match(await raw.ask(RUNNING), /<configuration-text/);
    assert.match(await raw.ask('<commit/>'), /permission denied/);
  });

  it('serves fifty sessions at once, each its own replies', async () => {
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
    it('loses the reply of a commit that was done', async () => {
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

    it('loses a commit before it was done', async () => {
      const at = await router();
      at.device.faults.add({ rpc: 'commit', outcome: { kind: 'drop' } });
      const raw = await sessionWith(at);
      raw.send(rpc(LOCK), rpc(load(description('undone'))), rpc('<commit/>'));
      for (const _ of [1, 2]) await raw.receive();
      assert.equal(await raw.rest(), '');
      assert.match(at.device.running(), /description downlink;/);
    });

    it('cuts the connection at once, and finishes the commit all the same', async () => {
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

    it('answers half, late, or never', async () => {
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

  describe('in a pair', () => {
    it('elects the primary master and the secondary backup', async () => {
      const { primary, secondary } = await pair();
      const [one, two] = [await sessionWith(primary), await sessionWith(secondary)];
      await commit(one, unit('VPNGW1-VRRP'));
      await commit(two, unit('VPNGW2-VRRP'));
      assert.match(await one.ask(VRRP), /<interface>ae0\.1025<[^]*<vrrp-state>master</);
      assert.match(await two.ask(VRRP), /<interface>ae0\.1025<[^]*<vrrp-state>backup</);
    });

    it('moves the mastership when the primary fails', async () => {
      const { primary, secondary } = await pair();
      const [one, two] = [await sessionWith(primary), await sessionWith(secondary)];
      await commit(one, unit('VPNGW1-VRRP'));
      await commit(two, unit('VPNGW2-VRRP'));
      primary.device.setLink('ae0', false);
      assert.match(await two.ask(VRRP), /<vrrp-state>master</);
    });

    it('starts neither when one cannot start', async () => {
      const { primary } = await pair();
      const options = { id: 'x', config: '', users: [USER] };
      const failing = startPair({ primary: options, secondary: { ...options, port: primary.port } });
      await assert.rejects(failing, { code: 'EADDRINUSE' });
    });
  });

  it('is one of many in a process, all in one known_hosts file', async () => {
    const spec = {
      primary: { id: 'a', config: '', users: [USER] },
      secondary: { id: 'b', config: '', users: [USER] },
    };
    const started = await startRouters([spec, spec, spec]);
    const { routers, pairs, knownHosts } = started;
    try {
      assert.deepEqual(
        routers.map((one) => one.id),
        ['a', 'b', 'a', 'b', 'a', 'b'],
      );
      assert.equal(pairs[2]?.secondary, routers[5]);
      assert.equal(knownHosts, routers.map((one) => `${one.hostKeyLine}\n`).join(''));
      assert.equal(new Set(routers.map((one) => one.fingerprint)).size, 6);
    } finally {
      await started.close();
    }
  });

  describe('with a state file', () => {
    const stateFile = (): string => join(folder, 'state.json');

    it('has its configuration and history again after a restart', async () => {
      const first = await router({ stateFile: stateFile() });
      await commit(await sessionWith(first), description('kept'));
      await first.close();
      const second = await router({ stateFile: stateFile(), config: '' });
      const raw = await sessionWith(second);
      assert.match(second.device.running(), /description kept;/);
      assert.match(await raw.ask('<get-commit-information/>'), /<user>netops</);
      await raw.ask('<load-configuration rollback="1"/>');
      assert.match(await raw.ask(COMPARE), /\+\s+description downlink;/);
    });

    it('has written it before it answers', async () => {
      const at = await router({ stateFile: stateFile() });
      await commit(await sessionWith(at), description('written'));
      assert.match(readFileSync(stateFile(), 'utf8'), /description written;/);
    });

    it('forgets a commit that was under way when it was closed', async () => {
      const clock = createVirtualClock();
      const at = await router({ stateFile: stateFile(), clock, options: { delays: { commit: 50 } } });
      const raw = await sessionWith(at);
      raw.send(rpc(LOCK), rpc(load(description('lost'))), rpc('<commit/>'));
      while (clock.planned === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      await at.close();
      await clock.advance(100);
      assert.doesNotMatch(readFileSync(stateFile(), 'utf8'), /description lost;/);
    });

    it('readable by its owner only, with no trace of an unfinished write', async () => {
      await router({ stateFile: stateFile() });
      assert.equal(statSync(stateFile()).mode & 0o777, 0o600);
      assert.equal(existsSync(`${stateFile()}.next`), false);
    });

    for (const [what, text] of [
      ['is no JSON', '{'],
      ['is something else', '{"version":2}'],
      ['has no history', '{"version":1,"history":[],"lastSession":1}'],
    ] as const) {
      it(`does not start when that ${what}, and leaves it alone`, async () => {
        writeFileSync(stateFile(), text);
        await assert.rejects(router({ stateFile: stateFile() }), {
          name: 'StateFileError',
          message: `state file ${stateFile()}: expected what an earlier router wrote (JSON with version 1 and a history)`,
        });
        assert.equal(readFileSync(stateFile(), 'utf8'), text);
      });
    }
  });

  describe('has a host key', () => {
    it('of its own each time, or the one in a file, made when it is missing', () => {
      const file = join(folder, 'key');
      const made = keptHostKey(file);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.deepEqual(keptHostKey(file), made);
      assert.notEqual(createHostKey().fingerprint, made.fingerprint);
    });

    it('that clients see', async () => {
      const hostKey = createHostKey();
      const at = await router({ hostKey });
      const raw = await sessionWith(at);
      assert.equal(at.hostKeyLine, `[127.0.0.1]:${at.port} ${hostKey.publicKey}`);
      assert.equal(loginTo(at).port, at.port);
      await raw.close();
    });

    it('whose known_hosts line names no port 22, and a local address for any address', () => {
      const key = createHostKey();
      assert.equal(knownHostsLine('192.0.2.1', 22, key), `192.0.2.1 ${key.publicKey}`);
      assert.equal(knownHostsLine('0.0.0.0', 8301, key), `[127.0.0.1]:8301 ${key.publicKey}`);
      assert.equal(knownHostsLine('::', 8301, key), `[::1]:8301 ${key.publicKey}`);
    });

    it('which is refused when the file holds something else, without showing it', () => {
      const file = join(folder, 'key');
      writeFileSync(file, 'topsecret');
      assert.throws(
        () => keptHostKey(file),
        (error: Error) => error.name === 'HostKeyError' && !error.message.includes('topsecret'),
      );
    });

    it('hundreds of times in a row', () => {
      for (let made = 0; made < 600; made += 1) assert.match(createHostKey().publicKey, /^ssh-ed25519 A{4}/);
    });
  });
});
