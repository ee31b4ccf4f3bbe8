import assert from 'node:assert/strict';
import {
  CHECK,
  client,
  confirmed,
  describeAe0,
  LOCK,
  MINUTE,
  pendingCommit,
  pendingMarks,
  UNLOCK,
} from './scene.ts';

describe('the mark of a pending commit', () => {
  it('exists while the commit is pending, on that entry only', async () => {
    const { clock, esi } = await pendingCommit();
    assert.deepEqual(await pendingMarks(esi), ['rollback pending']);
    await clock.advance(2 * MINUTE);
    assert.deepEqual(await pendingMarks(esi), []);
  });

  it('ends with the confirmation', async () => {
    const { esi } = await pendingCommit();
    await esi.ok(CHECK);
    assert.deepEqual(await pendingMarks(esi), []);
  });

  it('stays for ever, or never exists, by the switch', async () => {
    const forever = await pendingCommit({ pendingMark: 'forever' });
    await forever.esi.commit();
    assert.deepEqual(await pendingMarks(forever.esi), ['rollback pending']);
    assert.deepEqual(await pendingMarks((await pendingCommit({ pendingMark: 'none' })).esi), []);
  });
});

describe('a confirmed commit while another one is pending', () => {
  const cases = [
    { stacking: 'confirm-previous', fallsBackTo: 'unconfirmed' },
    { stacking: 'last-only', fallsBackTo: 'downlink' },
  ] as const;
  for (const { stacking, fallsBackTo } of cases) {
    it(`with ${stacking} falls back to "${fallsBackTo}"`, async () => {
      const { clock, esi, assertRunning } = await pendingCommit({ stacking });
      await clock.advance(MINUTE);
      await esi.set(describeAe0('second'));
      await esi.ok(confirmed(2));
      await clock.advance(MINUTE + 1);
      assertRunning('second');
      await clock.advance(MINUTE);
      assertRunning(fallsBackTo);
    });
  }
});

describe('a router that is late with the fall-back', () => {
  const LATE = { fallbackLate: 45_000 };

  it('has the commit pending until then', async () => {
    const { clock, device, esi, assertRunning } = await pendingCommit(LATE);
    await clock.advance(2 * MINUTE + 44_999);
    assertRunning('unconfirmed');
    assert.deepEqual(await pendingMarks(esi), ['rollback pending']);
    await client(device, 'alice').ok(LOCK);
    await clock.advance(1);
    assertRunning('downlink');
  });

  it('takes a confirmation until then', async () => {
    const { clock, esi, assertRunning } = await pendingCommit(LATE);
    await clock.advance(2 * MINUTE + 30_000);
    await esi.ok(CHECK);
    await clock.advance(MINUTE);
    assertRunning('unconfirmed');
  });
});

describe('a deadline while the candidate is locked', () => {
  it('makes the commit fall back all the same', async () => {
    const { clock, device, assertRunning } = await pendingCommit({ deadlineMeetsLock: 'fires' });
    const alice = client(device, 'alice');
    await alice.ok(LOCK);
    await clock.advance(2 * MINUTE);
    assertRunning('downlink');
    assert.equal(await alice.compare(), '');
  });

  it('or makes it fall back when the lock is released', async () => {
    const { clock, device, esi, assertRunning } = await pendingCommit({ deadlineMeetsLock: 'waits' });
    const alice = client(device, 'alice');
    await alice.ok(LOCK);
    await clock.advance(5 * MINUTE);
    assertRunning('unconfirmed');
    assert.deepEqual(await pendingMarks(esi), ['rollback pending']);
    await alice.ok(UNLOCK);
    await clock.advance(0);
    assertRunning('downlink');
  });

  it('or makes it wait for the lock, and it may be confirmed meanwhile', async () => {
    const { clock, device, assertRunning } = await pendingCommit({ deadlineMeetsLock: 'waits' });
    const alice = client(device, 'alice');
    await alice.ok(LOCK);
    await clock.advance(5 * MINUTE);
    await alice.ok(CHECK);
    await alice.ok(UNLOCK);
    await clock.advance(MINUTE);
    assertRunning('unconfirmed');
  });

  it('or makes it stay for good', async () => {
    const { clock, device, esi, assertRunning } = await pendingCommit({ deadlineMeetsLock: 'fails' });
    const alice = client(device, 'alice');
    await alice.ok(LOCK);
    await clock.advance(2 * MINUTE);
    await alice.ok(UNLOCK);
    await clock.advance(10 * MINUTE);
    assertRunning('unconfirmed');
    assert.deepEqual(await pendingMarks(esi), []);
  });
});

describe('a deadline while the candidate has uncommitted edits', () => {
  const EDIT = 'set interfaces ae0 mtu 9000';

  it('discards the edits', async () => {
    const { clock, esi, assertRunning } = await pendingCommit({ deadlineMeetsDirty: 'replace' });
    await esi.set(EDIT);
    await clock.advance(2 * MINUTE);
    assertRunning('downlink');
    assert.equal(await esi.compare(), '');
  });

  it('or keeps the edits in the candidate', async () => {
    const { clock, esi, assertRunning } = await pendingCommit({ deadlineMeetsDirty: 'keep' });
    await esi.set(EDIT);
    await clock.advance(2 * MINUTE);
    assertRunning('downlink');
    assert.match(await esi.compare(), /mtu 9000/);
    assert.match(await esi.compare(), /\+ {3}description unconfirmed/);
  });

  it('or does not make the commit fall back', async () => {
    const { clock, esi, assertRunning } = await pendingCommit({ deadlineMeetsDirty: 'fails' });
    await esi.set(EDIT);
    await clock.advance(10 * MINUTE);
    assertRunning('unconfirmed');
    assert.match(await esi.compare(), /mtu 9000/);
  });
});

describe('a restart while a commit is pending', () => {
  const cases = [
    { reboot: 'forget', afterRestart: 'unconfirmed', afterDeadline: 'unconfirmed' },
    { reboot: 'revert', afterRestart: 'downlink', afterDeadline: 'downlink' },
    { reboot: 'resume', afterRestart: 'unconfirmed', afterDeadline: 'downlink' },
  ] as const;
  for (const { reboot, afterRestart, afterDeadline } of cases) {
    it(`with ${reboot} runs "${afterRestart}", and "${afterDeadline}" after the deadline`, async () => {
      const { clock, device, assertRunning } = await pendingCommit({ reboot });
      await clock.advance(MINUTE);
      device.restart();
      await clock.advance(0);
      assertRunning(afterRestart);
      await clock.advance(MINUTE);
      assertRunning(afterDeadline);
    });
  }

  it('after the deadline makes the commit fall back at once, with resume', async () => {
    const { clock, device } = await pendingCommit({ reboot: 'resume' });
    const state = device.snapshot();
    device.stop();
    await clock.advance(10 * MINUTE);
    device.restore(state);
    await clock.advance(0);
    assert.match(device.running(), /description downlink;/);
  });

  for (const outcome of [{ kind: 'refuse' }, { kind: 'delay', ms: 30_000 }] as const) {
    it(`restores a pending commit with its own deadline, even during the fault of a fall-back: ${outcome.kind}`, async () => {
      const { clock, device, esi } = await pendingCommit({ reboot: 'resume' });
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
      assert.match(device.running(), /description unconfirmed;/);
      await clock.advance(1);
      assert.match(device.running(), /description downlink;/);
    });
  }
});
