import assert from 'node:assert/strict';
import type { DeviceOptionsInput } from '../../../simulator/device/options.ts';
import {
  CHECK,
  client,
  COMMIT,
  COMMIT_INFORMATION,
  confirmed,
  describeAe0,
  MINUTE,
  router,
  texts,
} from './scene.ts';

const INFORMATION = '<get-route-engine-information/>';
const synchronized = (rpc: string): string =>
  rpc === COMMIT
    ? '<commit-configuration><synchronize/></commit-configuration>'
    : rpc.replace('<commit-configuration>', '<commit-configuration><synchronize/>');

describe('a router with two routing engines', () => {
  const open = (options: DeviceOptionsInput = {}) => {
    const { device, clock } = router({ options: { routingEngines: 2, ...options } });
    const esi = client(device);
    return { device, clock, esi, runs: (text: string) => device.running().includes(`description ${text};`) };
  };

  it('names the master and the backup', async () => {
    const body = await open().esi.ok(INFORMATION);
    assert.deepEqual(texts(body, 'slot'), ['0', '1']);
    assert.deepEqual(texts(body, 'mastership-state'), ['master', 'backup']);
    assert.deepEqual(texts(await client(router().device).ok(INFORMATION), 'slot'), ['0']);
  });

  it('loses with a switchover what was committed on one engine only; sessions end', async () => {
    const { device, esi, runs } = open();
    await esi.set(describeAe0('alone'));
    assert.deepEqual(texts(await esi.ok(COMMIT), 'name'), ['re0']);
    assert.ok(runs('alone'));
    device.switchover();
    assert.ok(runs('downlink'));
    assert.equal((await esi.send(COMMIT)).kind, 'drop');
    const body = await client(device).ok(INFORMATION);
    assert.deepEqual(texts(body, 'mastership-state'), ['backup', 'master']);
  });

  it('keeps what was synchronized by request, names both engines, and says so in the history', async () => {
    const { device, esi, runs } = open();
    await esi.set(describeAe0('both'));
    assert.deepEqual(texts(await esi.ok(synchronized(CHECK)), 'name'), ['re0', 're1']);
    assert.deepEqual(texts(await esi.ok(synchronized(COMMIT)), 'name'), ['re0', 're1']);
    device.switchover();
    assert.ok(runs('both'));
    const after = client(device);
    assert.deepEqual(texts(await after.ok(COMMIT_INFORMATION), 'comment'), ['commit synchronize']);
    await after.set(describeAe0('again'));
    assert.deepEqual(texts(await after.ok(synchronized(COMMIT)), 'name'), ['re1', 're0']);
    device.switchover();
    assert.ok(runs('again'));
  });

  it('keeps what was synchronized by its configuration', async () => {
    const { device, esi, runs } = open();
    await esi.set('set system commit synchronize');
    await esi.commit();
    await esi.set(describeAe0('configured'));
    assert.deepEqual(texts(await esi.ok(COMMIT), 'name'), ['re0', 're1']);
    device.switchover();
    assert.ok(runs('configured'));
  });

  const trials = [
    ['is confirmed on both engines by a synchronized commit', synchronized(COMMIT), 'trial'],
    ['is confirmed on both engines by a synchronized check', synchronized(CHECK), 'trial'],
    ['falls back on the backup if only the master confirms it', CHECK, 'downlink'],
  ] as const;
  for (const [what, confirmation, after] of trials)
    it(`has a commit on trial that ${what}`, async () => {
      const { device, clock, esi, runs } = open();
      await esi.set(describeAe0('trial'));
      await esi.ok(synchronized(confirmed(2, 'ours')));
      const comments = texts(await esi.ok(COMMIT_INFORMATION), 'comment');
      assert.deepEqual(comments, ['commit synchronize', 'commit confirmed, rollback in 2mins']);
      await esi.ok(confirmation);
      await clock.advance(2 * MINUTE);
      assert.ok(runs('trial'));
      device.switchover();
      assert.ok(runs(after));
    });

  it('has a commit on trial that falls back on both engines, where the check of somebody else leaves it pending', async () => {
    const { device, clock, esi, runs } = open({ foreignCheck: 'leaves' });
    await esi.set(describeAe0('trial'));
    await esi.ok(synchronized(confirmed(2, 'ours')));
    await client(device, 'alice').ok(synchronized(CHECK));
    await clock.advance(2 * MINUTE);
    assert.ok(runs('downlink'));
    device.switchover();
    assert.ok(runs('downlink'));
  });

  it('has a commit on trial that falls back on both engines', async () => {
    const { device, clock, esi, runs } = open();
    await esi.set(describeAe0('trial'));
    await esi.ok(synchronized(confirmed(2, 'ours')));
    await clock.advance(2 * MINUTE);
    assert.ok(runs('downlink'));
    device.switchover();
    assert.ok(runs('downlink'));
  });

  it('has a commit on trial that falls back on the backup as late as on the master', async () => {
    for (const [late, after] of [
      [44_999, 'trial'],
      [45_000, 'downlink'],
    ] as const) {
      const { device, clock, esi, runs } = open({ fallbackLate: 45_000, reboot: 'resume' });
      await esi.set(describeAe0('trial'));
      await esi.ok(synchronized(confirmed(2, 'ours')));
      await clock.advance(2 * MINUTE + late);
      assert.ok(runs(after));
      device.switchover();
      assert.ok(runs(after));
      await clock.advance(1);
      assert.ok(runs('downlink'));
      const [newest, ...older] = device.snapshot().history;
      assert.equal(newest?.user, 'root');
      assert.equal(newest.at - (older[0]?.at ?? 0), 2 * MINUTE + 45_000);
    }
  });

  const apart = [
    ['the backup has fallen back alone', [synchronized(confirmed(1)), CHECK]],
    ['each has commits that the other does not have', [COMMIT, COMMIT, 'switchover']],
  ] as const;
  for (const [what, steps] of apart)
    it(`marks one commit as pending after a switchover, where ${what}`, async () => {
      const { device, clock } = open({ reboot: 'resume' });
      const run = async (step: string): Promise<void> => {
        if (step === 'switchover') return device.switchover();
        const c = client(device);
        await c.set(describeAe0(`at-${clock.now()}`));
        await c.ok(step);
        await clock.advance(MINUTE / 2);
      };
      for (const step of steps) await run(step);
      await clock.advance(MINUTE);
      await run(synchronized(confirmed(9)));
      device.switchover();
      const after = client(device);
      assert.deepEqual(texts(await after.ok(COMMIT_INFORMATION), 'commit-confirmed'), ['rollback pending']);
      await run(COMMIT);
      const numbers = device.snapshot().history.map(({ sequence }) => sequence);
      assert.equal(new Set(numbers).size, numbers.length, numbers.join());
    });

  it('warns, and names the master only, while the backup is away', async () => {
    const { device, esi } = open();
    device.setBackupAway(true);
    assert.deepEqual(texts(await esi.ok(INFORMATION), 'mastership-state'), ['master', 'Present']);
    await esi.set(describeAe0('alone'));
    const body = await esi.ok(synchronized(COMMIT));
    assert.deepEqual(texts(body, 'name'), ['re0']);
    assert.deepEqual(texts(body, 'error-severity'), ['warning', 'warning']);
  });
});

describe('a router with one routing engine that is asked to synchronize', () => {
  it('commits, with a warning, or refuses, by the switch', async () => {
    const warns = client(router().device);
    assert.match(await warns.ok(synchronized(COMMIT)), /Cannot connect to other RE, ignoring it/);
    const refuses = client(router({ options: { synchronizeAlone: 'refuses' } }).device);
    assert.deepEqual(await refuses.errors(synchronized(COMMIT)), ['syntax error']);
    assert.deepEqual(await refuses.errors(synchronized(CHECK)), ['syntax error']);
  });

  it('has no other engine to switch over to', () => {
    assert.throws(() => router().device.switchover(), RangeError);
  });
});
