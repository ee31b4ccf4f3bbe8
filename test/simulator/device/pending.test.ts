import assert from 'node:assert/strict';
import type { DeviceOptionsInput } from '../../../simulator/device/options.ts';
import {
  CHECK,
  client,
  COMMIT,
  COMMIT_INFORMATION,
  confirmed,
  LOCK,
  router,
  texts,
  UNLOCK,
  type Client,
} from './scene.ts';

const MINUTE = 60_000;
const edit = (name: string): string => `set interfaces ae0 description ${name}`;

/** A router on which a session has committed `description tried`, to be confirmed within `minutes`. */
async function tried(options: DeviceOptionsInput = {}, minutes = 2) {
  const { device, clock } = router({ options });
  const esi = client(device);
  await esi.set(edit('tried'));
  const committed = esi.ok(confirmed(minutes, 'ours'));
  await clock.advance(options.delays?.commit ?? 0);
  await committed;
  const runs = (name: string): void => assert.match(device.running(), new RegExp(`description ${name};`));
  runs('tried');
  return { device, clock, esi, runs };
}

const marks = async (c: Client): Promise<readonly string[]> =>
  texts(await c.ok(COMMIT_INFORMATION), 'commit-confirmed');

describe('a confirmed commit', () => {
  it('falls back at its deadline, as root, though nobody is connected', async () => {
    const { device, clock, esi, runs } = await tried();
    esi.session.close();
    await clock.advance(2 * MINUTE - 1);
    runs('tried');
    await clock.advance(1);
    runs('downlink');
    const information = await client(device).ok(COMMIT_INFORMATION);
    assert.deepEqual(texts(information, 'user').slice(0, 2), ['root', 'esi']);
    assert.deepEqual(texts(information, 'client').slice(0, 2), ['other', 'netconf']);
    assert.deepEqual(texts(information, 'comment'), ['commit confirmed, rollback in 2mins']);
    assert.deepEqual(texts(information, 'log'), ['ours']);
  });

  it('waits ten minutes when told nothing else', async () => {
    const { device, clock } = router();
    const esi = client(device);
    await esi.set(edit('tried'));
    await esi.ok('<commit-configuration><confirmed/></commit-configuration>');
    await clock.advance(10 * MINUTE - 1);
    assert.match(device.running(), /tried/);
    await clock.advance(1);
    assert.doesNotMatch(device.running(), /tried/);
  });

  it('counts in minutes of the chosen length', async () => {
    const { clock, runs } = await tried({ minute: 100 });
    await clock.advance(200);
    runs('downlink');
  });

  for (const [what, rpc] of [
    ['a check', CHECK],
    ['validate', '<validate><source><candidate/></source></validate>'],
    ['a commit', COMMIT],
    ['a standard commit', '<commit/>'],
  ] as const) {
    it(`is confirmed by ${what} from any session`, async () => {
      const { device, clock, runs } = await tried();
      await clock.advance(MINUTE);
      await client(device, 'alice').ok(rpc);
      await clock.advance(10 * MINUTE);
      runs('tried');
    });
  }

  it('is not confirmed by a check that fails', async () => {
    const { device, clock, esi, runs } = await tried();
    await esi.set('set routing-instances v interface ae0.77');
    await client(device, 'alice').errors(CHECK);
    await clock.advance(2 * MINUTE);
    runs('downlink');
  });

  it('takes the time of a confirmation, not of a commit, to be confirmed by one', async () => {
    const { clock, esi } = await tried({ delays: { commit: 5000, confirm: 2000 } });
    let done = false;
    void esi.ok(COMMIT).then(() => (done = true));
    await clock.advance(1999);
    assert.equal(done, false);
    await clock.advance(1);
    assert.equal(done, true);
  });

  it('leaves no entry in the history when a check confirms it', async () => {
    const { esi } = await tried();
    const before = texts(await esi.ok(COMMIT_INFORMATION), 'sequence-number').length;
    await esi.ok(CHECK);
    assert.equal(texts(await esi.ok(COMMIT_INFORMATION), 'sequence-number').length, before);
  });

  it('takes its time to fall back, and is not overtaken meanwhile', async () => {
    const { device, clock, runs } = await tried({ delays: { rollback: 3000 } });
    await clock.advance(2 * MINUTE);
    const late = client(device, 'alice').ok(COMMIT);
    runs('tried');
    await clock.advance(3000);
    await late;
    runs('downlink');
  });

  it('is not undone by a deadline that comes while it is being confirmed', async () => {
    const { device, clock, runs } = await tried({ delays: { confirm: 5000 } });
    await clock.advance(2 * MINUTE - 1000);
    const confirming = client(device, 'alice').ok(COMMIT);
    await clock.advance(10 * MINUTE);
    await confirming;
    runs('tried');
  });

  it('can be abandoned early by committing what was before', async () => {
    const { clock, esi, runs } = await tried();
    await esi.ok('<load-configuration rollback="1"/>');
    await esi.commit();
    runs('downlink');
    await clock.advance(10 * MINUTE);
    assert.equal(texts(await esi.ok(COMMIT_INFORMATION), 'user').filter((u) => u === 'root').length, 1);
  });

  it('in the standard form counts seconds and ends with its session', async () => {
    for (const end of ['close', 'deadline', 'confirm'] as const) {
      const { device, clock } = router();
      const [esi, alice] = [client(device), client(device, 'alice')];
      await esi.set(edit('tried'));
      await esi.ok('<commit><confirmed/><confirm-timeout>120</confirm-timeout></commit>');
      await clock.advance(119_999);
      assert.match(device.running(), /tried/);
      if (end === 'confirm') await alice.ok('<commit/>');
      if (end === 'deadline') await clock.advance(1);
      else esi.session.close();
      await clock.advance(10 * MINUTE);
      assert.equal(/tried/.test(device.running()), end === 'confirm', end);
    }
  });

  it('in the standard form falls back at once when its session is killed', async () => {
    const { device, clock } = router();
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.set(edit('tried'));
    await esi.ok('<commit><confirmed/></commit>');
    await alice.ok(`<kill-session><session-id>${esi.session.id}</session-id></kill-session>`);
    await clock.advance(0);
    assert.doesNotMatch(device.running(), /tried/);
  });
});

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
});
