import assert from 'node:assert/strict';
import type { FaultOutcome } from '../../../simulator/device/faults.ts';
import { CHECK, client, COMMIT, COMMIT_INFORMATION, confirmed, LOCK, router, texts } from './scene.ts';

const EDIT = 'set interfaces ae0 description edited';

const sceneWithEdit = async () => {
  const scene = router();
  const esi = client(scene.device);
  await esi.set(EDIT);
  return { ...scene, esi, isCommitted: () => /edited/.test(scene.device.running()) };
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
      it(`${kind} ${moment} ${step} of a commit leaves the commit ${done ? 'done' : 'undone'}`, async () => {
        const { device, esi, isCommitted } = await sceneWithEdit();
        device.faults.add({ rpc: 'commit-configuration', step, moment, outcome: { kind } as FaultOutcome });
        assert.deepEqual(await esi.send(COMMIT), { kind: kind === 'drop' ? 'drop' : 'never' });
        assert.equal(isCommitted(), done);
        assert.equal(texts(await client(device).ok(COMMIT_INFORMATION), 'user').includes('esi'), done);
      });
    }
  }

  it('that cuts the connection leaves the requests behind this one unread', async () => {
    for (const kind of ['drop', 'truncate'] as const) {
      const { device, esi, isCommitted } = await sceneWithEdit();
      device.faults.add({ rpc: 'get-commit-information', outcome: { kind } });
      const [cut, commit] = await Promise.all([esi.send(COMMIT_INFORMATION), esi.send(COMMIT)]);
      assert.deepEqual([cut.kind, commit.kind], [kind, 'drop']);
      assert.equal(isCommitted(), false);
    }
  });

  it('truncate and half-close let the operation run to its end and affect its reply', async () => {
    for (const kind of ['truncate', 'half-close'] as const) {
      const { device, esi, isCommitted } = await sceneWithEdit();
      device.faults.add({ rpc: 'commit-configuration', outcome: { kind } });
      const reply = await esi.send(COMMIT);
      assert.equal(reply.kind, kind);
      assert.match('body' in reply ? reply.body : '', /commit-success/);
      assert.equal(isCommitted(), true);
    }
  });

  it('refuse ends the operation with an error', async () => {
    const { device, esi, isCommitted } = await sceneWithEdit();
    device.faults.add({ rpc: 'commit-configuration', outcome: { kind: 'refuse', message: 'out of memory' } });
    assert.deepEqual(await esi.errors(COMMIT), ['out of memory']);
    assert.equal(isCommitted(), false);
    await esi.commit();
  });

  it('delay makes a step wait', async () => {
    const { clock, device, esi, isCommitted } = await sceneWithEdit();
    device.faults.add({
      rpc: 'commit-configuration',
      step: 'activate',
      outcome: { kind: 'delay', ms: 30_000 },
    });
    const committed = esi.ok(COMMIT);
    await clock.advance(29_999);
    assert.equal(isCommitted(), false);
    await clock.advance(1);
    await committed;
    assert.equal(isCommitted(), true);
  });

  it('drop-and-go-on cuts the connection at once, and the commit runs to its end', async () => {
    const { device, esi, isCommitted } = await sceneWithEdit();
    const ends: string[] = [];
    esi.session.onEnd((reason) => ends.push(reason));
    device.faults.add({ rpc: 'commit-configuration', step: 'check', outcome: { kind: 'drop-and-go-on' } });
    await esi.send(COMMIT);
    assert.deepEqual(ends, ['dropped']);
    assert.equal(isCommitted(), true);
  });

  it('deny-lock looks as if another session owned the lock', async () => {
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

  it('fail-check looks as if the check had found an error', async () => {
    const { device, esi, isCommitted } = await sceneWithEdit();
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
    assert.equal(isCommitted(), false);
  });

  it('before a load keeps the edit out of the candidate, after a load it does not', async () => {
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

  it('prevents or delays the fall-back of an unconfirmed commit', async () => {
    for (const [outcome, atDeadline, later] of [
      [{ kind: 'refuse' }, true, true],
      [{ kind: 'delay', ms: 40_000 }, true, false],
    ] as const) {
      const { clock, device, esi, isCommitted } = await sceneWithEdit();
      await esi.ok(confirmed(1));
      device.faults.add({ rpc: 'rollback', step: 'rollback', outcome });
      await clock.advance(60_000);
      assert.equal(isCommitted(), atDeadline);
      await clock.advance(40_000);
      assert.equal(isCommitted(), later);
    }
  });

  it('is chosen by operation, user and session, in the order of the rules, and each applies once', async () => {
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

  it('can be removed', async () => {
    const { device } = router();
    const remove = device.faults.add({ times: Infinity, outcome: { kind: 'refuse' } });
    await client(device).errors(CHECK);
    remove();
    await client(device).ok(CHECK);
    device.faults.add({ outcome: { kind: 'refuse' } });
    device.faults.clear();
    await client(device).ok(CHECK);
  });
});
