import assert from 'node:assert/strict';
import { CHECK, client, confirmed, LOCK, UNLOCK } from './scene.ts';
import { edit, marks, MINUTE, tried } from './on-trial.ts';

describe('the mark of a pending commit', () => {
  it('is there while it is pending, and on its entry only', async () => {
    const { clock, esi } = await tried();
    assert.deepEqual(await marks(esi), ['rollback pending']);
    await clock.advance(2 * MINUTE);
    assert.deepEqual(await marks(esi), []);
  });

  it('is gone once confirmed', async () => {
    const { esi } = await tried();
    await esi.ok(CHECK);
    assert.deepEqual(await marks(esi), []);
  });

  it('stays for ever, or is never there, where that is chosen', async () => {
    const forever = await tried({ pendingMark: 'forever' });
    await forever.esi.commit();
    assert.deepEqual(await marks(forever.esi), ['rollback pending']);
    assert.deepEqual(await marks((await tried({ pendingMark: 'none' })).esi), []);
  });
});

describe('a confirmed commit on top of another', () => {
  const cases = [
    { stacking: 'confirm-previous', runs: 'tried' },
    { stacking: 'last-only', runs: 'downlink' },
  ] as const;
  for (const { stacking, runs: left } of cases) {
    it(`with ${stacking} falls back to "${left}"`, async () => {
      const { clock, esi, runs } = await tried({ stacking });
      await clock.advance(MINUTE);
      await esi.set(edit('second'));
      await esi.ok(confirmed(2));
      await clock.advance(MINUTE + 1);
      runs('second');
      await clock.advance(MINUTE);
      runs(left);
    });
  }
});

describe('a deadline that meets a lock', () => {
  it('fires regardless', async () => {
    const { clock, device, runs } = await tried({ deadlineMeetsLock: 'fires' });
    const alice = client(device, 'alice');
    await alice.ok(LOCK);
    await clock.advance(2 * MINUTE);
    runs('downlink');
    assert.equal(await alice.compare(), '');
  });

  it('or waits until the lock is gone', async () => {
    const { clock, device, esi, runs } = await tried({ deadlineMeetsLock: 'waits' });
    const alice = client(device, 'alice');
    await alice.ok(LOCK);
    await clock.advance(5 * MINUTE);
    runs('tried');
    assert.deepEqual(await marks(esi), ['rollback pending']);
    await alice.ok(UNLOCK);
    await clock.advance(0);
    runs('downlink');
  });

  it('or waits, and may be confirmed meanwhile', async () => {
    const { clock, device, runs } = await tried({ deadlineMeetsLock: 'waits' });
    const alice = client(device, 'alice');
    await alice.ok(LOCK);
    await clock.advance(5 * MINUTE);
    await alice.ok(CHECK);
    await alice.ok(UNLOCK);
    await clock.advance(MINUTE);
    runs('tried');
  });

  it('or fails for good', async () => {
    const { clock, device, esi, runs } = await tried({ deadlineMeetsLock: 'fails' });
    const alice = client(device, 'alice');
    await alice.ok(LOCK);
    await clock.advance(2 * MINUTE);
    await alice.ok(UNLOCK);
    await clock.advance(10 * MINUTE);
    runs('tried');
    assert.deepEqual(await marks(esi), []);
  });
});

describe('a deadline that meets uncommitted edits', () => {
  const EDIT = 'set interfaces ae0 mtu 9000';

  it('replaces them', async () => {
    const { clock, esi, runs } = await tried({ deadlineMeetsDirty: 'replace' });
    await esi.set(EDIT);
    await clock.advance(2 * MINUTE);
    runs('downlink');
    assert.equal(await esi.compare(), '');
  });

  it('or keeps them, on what ran before', async () => {
    const { clock, esi, runs } = await tried({ deadlineMeetsDirty: 'keep' });
    await esi.set(EDIT);
    await clock.advance(2 * MINUTE);
    runs('downlink');
    assert.match(await esi.compare(), /mtu 9000/);
    assert.match(await esi.compare(), /\+ {4}description tried/);
  });

  it('or fails', async () => {
    const { clock, esi, runs } = await tried({ deadlineMeetsDirty: 'fails' });
    await esi.set(EDIT);
    await clock.advance(10 * MINUTE);
    runs('tried');
    assert.match(await esi.compare(), /mtu 9000/);
  });
});

describe('a restart with a commit pending', () => {
  const cases = [
    { reboot: 'forget', atOnce: 'tried', later: 'tried' },
    { reboot: 'revert', atOnce: 'downlink', later: 'downlink' },
    { reboot: 'resume', atOnce: 'tried', later: 'downlink' },
  ] as const;
  for (const { reboot, atOnce, later } of cases) {
    it(`with ${reboot} has "${atOnce}" running, and "${later}" after the deadline`, async () => {
      const { clock, device, runs } = await tried({ reboot });
      await clock.advance(MINUTE);
      device.restart();
      await clock.advance(0);
      runs(atOnce);
      await clock.advance(MINUTE);
      runs(later);
    });
  }

  it('that comes back after the deadline falls back at once, when it resumes', async () => {
    const { clock, device } = await tried({ reboot: 'resume' });
    const state = device.snapshot();
    device.stop();
    await clock.advance(10 * MINUTE);
    device.restore(state);
    await clock.advance(0);
    assert.match(device.running(), /description downlink;/);
  });

  for (const outcome of [{ kind: 'refuse' }, { kind: 'delay', ms: 30_000 }] as const) {
    it(`leaves what it brings back to its own deadline, though it meets a fallback's fault: ${outcome.kind}`, async () => {
      const { clock, device, esi } = await tried({ reboot: 'resume' });
      const older = device.snapshot();
      assert.ok(older.pending);
      const deadline = older.pending.deadline + MINUTE;
      const newer = { ...older, pending: { ...older.pending, deadline } };
      device.faults.add({
        rpc: 'rollback',
        step: 'rollback',
        when: () => {
          device.restore(newer);
          return true;
        },
        outcome,
      });
      esi.session.close();
      await clock.advance(3 * MINUTE - 1);
      assert.equal(device.faults.size, 0);
      assert.equal(device.snapshot().pending?.deadline, deadline);
      assert.match(device.running(), /description tried;/);
      await clock.advance(1);
      assert.match(device.running(), /description downlink;/);
    });
  }
});
