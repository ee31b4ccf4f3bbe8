import assert from 'node:assert/strict';
import type { FaultOutcome } from '../../../simulator/device/faults.ts';
import { CHECK, client, COMMIT, COMMIT_INFORMATION, confirmed, LOCK, router, texts } from './scene.ts';

const EDIT = 'set interfaces ae0 description edited';

const edited = async () => {
  const scene = router();
  const esi = client(scene.device);
  await esi.set(EDIT);
  return { ...scene, esi, runs: () => /edited/.test(scene.device.running()) };
};

describe('a fault', () => {
  const silent: readonly FaultOutcome['kind'][] = ['drop', 'never-reply'];
  for (const kind of silent) {
    for (const [step, moment, done] of [
      ['rpc', 'before', false],
      ['check', 'before', false],
      ['check', 'after', false],
      ['activate', 'before', false],
      ['activate', 'after', true],
      ['rpc', 'after', true],
    ] as const) {
      it(`${kind} ${moment} ${step} of a commit leaves it ${done ? 'done' : 'undone'}`, async () => {
        const { device, esi, runs } = await edited();
        device.faults.add({ rpc: 'commit-configuration', step, moment, outcome: { kind } as FaultOutcome });
        assert.deepEqual(await esi.send(COMMIT), { kind: kind === 'drop' ? 'drop' : 'never' });
        assert.equal(runs(), done);
        assert.equal(texts(await client(device).ok(COMMIT_INFORMATION), 'user').includes('esi'), done);
      });
    }
  }

  it('that cuts the connection leaves what was sent behind the request unread', async () => {
    for (const kind of ['drop', 'truncate'] as const) {
      const { device, esi, runs } = await edited();
      device.faults.add({ rpc: 'get-commit-information', outcome: { kind } });
      const [cut, commit] = await Promise.all([esi.send(COMMIT_INFORMATION), esi.send(COMMIT)]);
      assert.deepEqual([cut.kind, commit.kind], [kind, 'drop']);
      assert.equal(runs(), false);
    }
  });

  it('truncate and half-close let the operation go on, and go with its reply', async () => {
    for (const kind of ['truncate', 'half-close'] as const) {
      const { device, esi, runs } = await edited();
      device.faults.add({ rpc: 'commit-configuration', outcome: { kind } });
      const reply = await esi.send(COMMIT);
      assert.equal(reply.kind, kind);
      assert.match('body' in reply ? reply.body : '', /commit-success/);
      assert.equal(runs(), true);
    }
  });

  it('refuse ends the operation with an error', async () => {
    const { device, esi, runs } = await edited();
    device.faults.add({ rpc: 'commit-configuration', outcome: { kind: 'refuse', message: 'out of memory' } });
    assert.deepEqual(await esi.errors(COMMIT), ['out of memory']);
    assert.equal(runs(), false);
    await esi.commit();
  });

  it('delay holds a step up', async () => {
    const { clock, device, esi, runs } = await edited();
    device.faults.add({
      rpc: 'commit-configuration',
      step: 'activate',
      outcome: { kind: 'delay', ms: 30_000 },
    });
    const committed = esi.ok(COMMIT);
    await clock.advance(29_999);
    assert.equal(runs(), false);
    await clock.advance(1);
    await committed;
    assert.equal(runs(), true);
  });

  it('drop-and-go-on cuts the connection at once, and the commit still happens', async () => {
    const { device, esi, runs } = await edited();
    const ends: string[] = [];
    esi.session.onEnd((reason) => ends.push(reason));
    device.faults.add({ rpc: 'commit-configuration', step: 'check', outcome: { kind: 'drop-and-go-on' } });
    await esi.send(COMMIT);
    assert.deepEqual(ends, ['dropped']);
    assert.equal(runs(), true);
  });

  it('deny-lock looks as if somebody else had it', async () => {
    const { device } = router();
    const esi = client(device);
    device.faults.add({ rpc: 'lock', times: 2, outcome: { kind: 'deny-lock', holder: 'bob', pid: 4711 } });
    for (let n = 0; n < 2; n++) {
      const reply = await esi.ask(LOCK);
      assert.deepEqual(texts(reply, 'error-tag'), ['lock-denied']);
      assert.deepEqual(texts(reply, 'session-id'), ['4711']);
      assert.match(texts(reply, 'error-message')[0] ?? '', /bob terminal \(pid 4711\)/);
    }
    await esi.ok(LOCK);
  });

  it('fail-check looks as if the check had found something', async () => {
    const { device, esi, runs } = await edited();
    const path = '[edit interfaces ae0]';
    device.faults.add({
      step: 'check',
      times: 2,
      outcome: { kind: 'fail-check', message: 'no such ae', path, badElement: 'ae0' },
    });
    for (const rpc of [CHECK, COMMIT]) {
      const reply = await esi.ask(rpc);
      assert.match(reply, /^<commit-results>/);
      assert.deepEqual(texts(reply, 'error-message'), ['no such ae', 'configuration check-out failed']);
      assert.deepEqual(texts(reply, 'error-path'), [path]);
    }
    assert.equal(runs(), false);
  });

  it('before a load keeps it out of the candidate, after it does not', async () => {
    for (const [moment, left] of [
      ['before', /^$/],
      ['after', /edited/],
    ] as const) {
      const { device } = router();
      device.faults.add({ rpc: 'load-configuration', step: 'load', moment, outcome: { kind: 'drop' } });
      const esi = client(device);
      const load = `<load-configuration action="set"><configuration-set>${EDIT}</configuration-set></load-configuration>`;
      assert.deepEqual(await esi.send(load), { kind: 'drop' });
      assert.match(await client(device).compare(), left);
    }
  });

  it('keeps an unconfirmed commit from falling back, or holds that up', async () => {
    for (const [outcome, atDeadline, later] of [
      [{ kind: 'refuse' }, true, true],
      [{ kind: 'delay', ms: 40_000 }, true, false],
    ] as const) {
      const { clock, device, esi, runs } = await edited();
      await esi.ok(confirmed(1));
      device.faults.add({ rpc: 'rollback', step: 'rollback', outcome });
      await clock.advance(60_000);
      assert.equal(runs(), atDeadline);
      await clock.advance(40_000);
      assert.equal(runs(), later);
    }
  });

  it('is chosen by operation, user and session, in the order given, each once', async () => {
    const { device } = router();
    const [esi, alice] = [client(device), client(device, 'alice')];
    device.faults.add({
      when: ({ user }) => user === 'alice',
      outcome: { kind: 'refuse', message: 'first' },
    });
    device.faults.add({
      when: ({ session }) => session === alice.session.id,
      outcome: { kind: 'refuse', message: 'second' },
    });
    await esi.ok(CHECK);
    assert.deepEqual(await alice.errors(CHECK), ['first']);
    assert.deepEqual(await alice.errors(CHECK), ['second']);
    await alice.ok(CHECK);
    assert.equal(device.faults.size, 0);
  });

  it('can be taken back', async () => {
    const { device } = router();
    const takeBack = device.faults.add({ times: Infinity, outcome: { kind: 'refuse' } });
    await client(device).errors(CHECK);
    takeBack();
    await client(device).ok(CHECK);
    device.faults.add({ outcome: { kind: 'refuse' } });
    device.faults.clear();
    await client(device).ok(CHECK);
  });
});
