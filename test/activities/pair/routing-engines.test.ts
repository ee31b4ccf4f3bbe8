import assert from 'node:assert/strict';
import type { SynchronizePolicy } from '../../../gateway/policies.ts';
import type { LocalRouter } from '../../../local/routers.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { DeviceOptionsInput } from '../../../simulator/device/options.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { client } from '../../simulator/device/scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './router-facts.ts';
import { tried } from './retried.ts';
import { openScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { owing, refuse, synchronized } from './two-engines.ts';

describe('a router with two routing engines', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene | undefined;
  afterEach(async () => {
    const opened = scene;
    scene = undefined;
    if (opened === undefined) return;
    await assertFree(opened);
    await opened.close();
  });

  const open = async (
    synchronize: SynchronizePolicy = 'auto',
    device: DeviceOptionsInput = { routingEngines: 2 },
  ): Promise<Scene> => {
    scene = await openScene(etcd(), { device, policy: { synchronize: { '*': synchronize } } });
    return scene;
  };
  const apply = (on: Scene, reservation: string, members: readonly PairMember[]) =>
    tried((context) => on.apply(reservation, members, context));
  const settle = (on: Scene, ...[reservation, verdicts]: Parameters<Scene['settle']>) =>
    tried((context) => on.settle(reservation, verdicts, context));

  /** The router's other engine goes away after the next step of this kind. */
  const loseBackup = ({ device }: LocalRouter, rpc: string, step: 'rpc' | 'check') => {
    const when = () => {
      device.setBackupAway(true);
      return true;
    };
    device.faults.add({ rpc, step, moment: 'after', outcome: { kind: 'delay', ms: 1 }, when });
  };

  const keptOn = async (on: Scene): Promise<PairMember> => {
    const [member] = (await on.gateways(1)) as [PairMember];
    const reservation = await on.reservation();
    assert.deepEqual((await apply(on, reservation, [member])).applied, [member]);
    assert.deepEqual((await settle(on, reservation, { confirm: [member] })).kept, [member]);
    return member;
  };

  for (const pendingMark of ['live', 'none'] as const)
    it(`keeps a gateway over a switchover (confirmed by a ${pendingMark === 'live' ? 'check' : 'commit'})`, async () => {
      const on = await open('auto', { routingEngines: 2, pendingMark, reboot: 'resume' });
      const member = await keptOn(on);
      for (const router of on.routers) {
        router.device.switchover();
        assert.equal(carries(router, member), true);
        assert.equal(pendingOn(router), false, 'confirmed on the backup, too');
      }
    });

  it('is reverted on both engines', async () => {
    const on = await open();
    const members = await on.gateways(2);
    const reservation = await on.reservation();
    await apply(on, reservation, members);
    await settle(on, reservation, { revert: members });
    for (const router of on.routers) {
      assert.deepEqual(synchronized(router), [true, true, false]);
      router.device.switchover();
      assert.ok(members.every((member) => carries(router, member) === false));
    }
  });

  it('goes on with a batch on trial after a switchover', async () => {
    const on = await open('auto', { routingEngines: 2, reboot: 'resume' });
    const [member] = (await on.gateways(1)) as [PairMember];
    const reservation = await on.reservation();
    await apply(on, reservation, [member]);
    on.one.device.switchover();
    assert.ok(pendingOn(on.one));
    assert.deepEqual((await settle(on, reservation, { confirm: [member] })).kept, [member]);
    assert.deepEqual(on.routers.map(pendingOn), [false, false]);
    for (const router of on.routers) assert.equal(carries(router, member), true);
  });

  it('keeps it too if its own configuration synchronizes', async () => {
    const on = await open();
    for (const { device } of on.routers) {
      const operator = client(device);
      await operator.set('set system commit synchronize');
      await operator.commit();
      operator.session.close();
    }
    const member = await keptOn(on);
    for (const router of on.routers) {
      router.device.switchover();
      assert.equal(carries(router, member), true);
    }
  });

  it('keeps it too if its other engine was repaired since the session began', async () => {
    const on = await open();
    for (const { device } of on.routers) device.setBackupAway(true);
    await keptOn(on);
    for (const { device } of on.routers) device.setBackupAway(false);
    const member = await keptOn(on);
    for (const router of on.routers) {
      router.device.switchover();
      assert.equal(carries(router, member), true);
    }
  });

  it('loses the gateway with a switchover if its policy never synchronizes', async () => {
    const on = await open('never');
    const member = await keptOn(on);
    on.one.device.switchover();
    assert.equal(carries(on.one, member), false);
  });

  it('is not known as one if it refuses to tell: nothing is synchronized', async () => {
    const on = await open();
    for (const { device } of on.routers)
      device.faults.add({
        rpc: 'get-route-engine-information',
        times: Infinity,
        outcome: { kind: 'refuse', message: 'permission denied' },
      });
    await keptOn(on);
    assert.ok(on.routers.every((router) => !synchronized(router).includes(true)));
  });

  it('gets nothing while a check reaches one engine only: the whole batch fails at once, and the reason names the engine', async () => {
    const on = await open();
    await keptOn(on);
    loseBackup(on.one, 'get-route-engine-information', 'rpc');
    const members = await on.gateways(2);
    const reservation = await on.reservation();
    const outcome = await apply(on, reservation, members);
    assert.deepEqual([outcome.applied, outcome.toRevert], [[], []]);
    assert.deepEqual(
      outcome.refused.map(({ type, reason }) => [type, reason]),
      members.map(() => [
        'RouterRefused',
        'MX-1: expected the check to succeed on the routing engines re0 and re1, got re0',
      ]),
    );
    for (const router of on.routers) assert.ok(members.every((one) => carries(router, one) === false));
    const later = await on.gateways(1);
    assert.deepEqual(
      (await apply(on, reservation, later)).applied,
      later,
      'asked again, it tells of one engine',
    );
    await settle(on, reservation, { confirm: later });
  });

  it('is reverted if a commit reaches one engine only', async () => {
    const on = await open();
    const [member] = (await on.gateways(1)) as [PairMember];
    const reservation = await on.reservation();
    loseBackup(on.one, 'commit-configuration', 'check');
    const outcome = await apply(on, reservation, [member]);
    assert.deepEqual(outcome.applied, []);
    assert.match(outcome.toRevert[0]?.reason ?? '', /^MX-1: expected the commit to succeed on .* got re0$/);
    assert.deepEqual((await settle(on, reservation, { revert: [member] })).reverted[0]?.owedOn, []);
    for (const router of on.routers) assert.equal(carries(router, member), false);
  });

  it('is reverted, and kept, on one engine if the other one is in the way', async () => {
    const on = await open();
    const [kept, reverted] = (await on.gateways(2)) as [PairMember, PairMember];
    const reservation = await on.reservation();
    await apply(on, reservation, [kept, reverted]);
    // Refused are the commit of the inverse change, the commit that takes the whole trial back, and the check of the inverse change alone.
    refuse(on.one, 'rpc', 3);
    const outcome = await settle(on, reservation, { confirm: [kept], revert: [reverted] });
    assert.deepEqual(outcome.kept, [kept]);
    assert.deepEqual(outcome.reverted[0]?.owedOn, []);
    assert.deepEqual([carries(on.one, kept), carries(on.one, reverted)], [true, false]);
    assert.equal(synchronized(on.one)[0], false);
  });

  for (const step of ['check', 'activate'] as const)
    it(`pays what it owes on one engine if the other one is in the way (${step})`, async () => {
      const on = await open();
      const member = await owing(on);
      refuse(on.one, step, 1);
      const members = await on.gateways(1);
      const next = await on.reservation();
      assert.deepEqual((await apply(on, next, members)).applied, members);
      assert.equal(carries(on.one, member), false);
      assert.deepEqual(synchronized(on.one).slice(0, 2), [true, false], 'the batch is synchronized again');
      await settle(on, next, { revert: members });
    });

  it('keeps a batch on one engine if the other one is in the way', async () => {
    const on = await open();
    const [member] = (await on.gateways(1)) as [PairMember];
    const reservation = await on.reservation();
    await apply(on, reservation, [member]);
    refuse(on.one, 'check', 1);
    assert.deepEqual((await settle(on, reservation, { confirm: [member] })).kept, [member]);
    assert.equal(pendingOn(on.one), false);
  });
});

describe('a router with one routing engine', function () {
  this.timeout(30_000);
  const etcd = useEtcd();

  const created = async (synchronize: SynchronizePolicy, synchronizeAlone: 'warns' | 'refuses') => {
    const policy = { synchronize: { '*': synchronize } };
    const scene = await openScene(etcd(), { device: { synchronizeAlone }, policy });
    try {
      const members = await scene.gateways(1);
      const outcome = await tried(async (context) =>
        scene.apply(await scene.reservation(), members, context),
      );
      assert.ok(
        scene.routers.every((router) => logsOf(router).length === (outcome.applied.length > 0 ? 2 : 1)),
      );
      return outcome;
    } finally {
      await scene.close();
    }
  };

  it('is asked to synchronize only if that is its policy; what it answers, counts', async () => {
    assert.equal((await created('auto', 'refuses')).applied.length, 1);
    assert.equal((await created('always', 'warns')).applied.length, 1);
    const { applied, refused } = await created('always', 'refuses');
    assert.deepEqual([applied.length, refused.length], [0, 1]);
    assert.match(refused[0]?.reason ?? '', /check was refused: syntax error near "synchronize"/);
  });
});
