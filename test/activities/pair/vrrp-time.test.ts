import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import { verdictTime } from '../../../gateway/policies.ts';
import type { LocalRouter } from '../../../local/routers.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { client } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { standing, update } from './further-versions.ts';
import { inherited } from './inherited-vrrp.ts';
import { carries, logsOf } from './router-facts.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

describe('the time that VRRP takes for a batch', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => (reservation = await scene.reservation()));

  const inherits = (router: LocalRouter, ...rest: [string, number, ...string[]]) =>
    inherited(scene, router, ...rest);
  const slowVpn = async (...statements: string[]) => {
    await inherits(scene.one, 'VPNGW1', 10, ...statements);
    await inherits(scene.other, 'VPNGW2', 10, ...statements);
  };
  const trialMinutes = (confirmBy: string | null, began: number) =>
    (Date.parse(confirmBy ?? '') + scene.deps.policy.confirmMarginMs - began) / 60_000;

  it('is that of the policy, with the default timers', async () => {
    const members = await scene.gateways(1);
    const began = Date.now();
    const { vrrp, confirmBy, verdictMs } = await scene.apply(reservation, members);
    // A master-down interval takes 3 advertisements of 1 s, and (256 − 105) / 256 s. It counts twice: the first one ends within the silent period.
    assert.deepEqual(vrrp, { masterMs: 7_180, limitMs: 60_000 });
    assert.ok(trialMinutes(confirmBy, began) < 5.2);
    assert.equal(verdictMs, verdictTime({ vrrpLimitMs: 60_000 }));
    await scene.settle(reservation, { revert: members });
  });

  it('follows inherited timers, and so do the deadline of the trial and the wait for verdicts', async () => {
    await slowVpn('fast-interval 10000', 'preempt hold-time 180');
    const members = await scene.gateways(1);
    const began = Date.now();
    const { applied, vrrp, confirmBy, verdictMs } = await scene.apply(reservation, members);
    assert.deepEqual(applied, members);
    // MASTER after 35.9 s, or after 215.9 s if the other router was first. Then it takes 36.1 s until BACKUP proves something. The limit is a quarter
    // and two looks more.
    assert.deepEqual(vrrp, { masterMs: 35_899, limitMs: Math.ceil((215_899 + 36_094) * 1.25) + 2_000 });
    const minutes = trialMinutes(confirmBy, began);
    assert.ok(minutes >= 10 && minutes < 10.2, `a trial of ${minutes} minutes`);
    assert.equal(verdictMs, verdictTime({ vrrpLimitMs: vrrp?.limitMs ?? 0 }));
    for (const router of scene.routers) assert.match(logsOf(router)[0] ?? '', / until /);
    await scene.settle(reservation, { revert: members });
  });

  it('is longer by the time in which a router waits to take over, where an update changes VRRP', async () => {
    await slowVpn('preempt hold-time 10');
    // The same for the groups that each router takes over from the other one.
    await inherits(scene.one, 'VPNGW2', 10, 'preempt hold-time 10');
    await inherits(scene.other, 'VPNGW1', 10, 'preempt hold-time 10');
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const [gateway, other] = (await standing(scene, 2)) as [TestGateway, TestGateway];
    reservation = await scene.reservation();
    const filters = await update(scene, etcd(), other);
    const { vrrp: ofFilters } = await scene.apply(reservation, [filters]);
    assert.equal(ofFilters?.holdMs, undefined);
    await scene.settle(reservation, { revert: [filters] });
    const service = gateway.neighbour('vpn_service').body;
    service['primary_downlink_vrrp_config_group'] = 'VPNGW2-VRRP';
    service['secondary_downlink_vrrp_config_group'] = 'VPNGW1-VRRP';
    const roles = await update(scene, etcd(), gateway);
    const { vrrp } = await scene.apply(reservation, [roles]);
    assert.equal(vrrp?.holdMs, 10_000);
    await scene.settle(reservation, { revert: [roles] });
  });

  it('is longer by the hold-time of a secondary that has the higher priority, for a creation and all others of its batch', async () => {
    await inherits(scene.other, 'VPNGW2', 10, 'priority 200', 'preempt hold-time 60');
    const members = [...(await scene.gateways(1)), ...(await scene.gateways(1, 'internet_gateway'))];
    const { vrrp } = await scene.apply(reservation, members);
    assert.equal(vrrp?.holdMs, 60_000);
    // The Internet gateway is the slower one of the two: 7.2 s until BACKUP proves something.
    assert.equal(vrrp?.limitMs, Math.ceil((7_180 + 60_000 + 7_219) * 1.25) + 2_000);
    await scene.settle(reservation, { revert: members });
  });

  it('is longer by the hold-time of a secondary that may have it once an interface of the primary is down, after an update only', async () => {
    await slowVpn('preempt hold-time 10');
    for (const group of ['VPNGW1', 'VPNGW3'])
      await inherits(scene.one, group, 10, 'priority 150', 'track interface ae9 priority-cost 100');
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const [gateway] = (await standing(scene, 1)) as [TestGateway];
    reservation = await scene.reservation();
    gateway.neighbour('vpn_service').body['primary_downlink_vrrp_config_group'] = 'VPNGW3-VRRP';
    const tracked = await update(scene, etcd(), gateway);
    const { vrrp } = await scene.apply(reservation, [tracked]);
    assert.equal(vrrp?.holdMs, 10_000);
    await scene.settle(reservation, { revert: [tracked] });
    const created = await scene.gateways(1);
    assert.equal((await scene.apply(reservation, created)).vrrp?.holdMs, undefined);
    await scene.settle(reservation, { revert: created });
  });

  it('is as long as the timers until then say, where an update makes them shorter', async () => {
    await slowVpn('fast-interval 10000');
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const [gateway] = (await standing(scene, 1)) as [TestGateway];
    reservation = await scene.reservation();
    const service = gateway.neighbour('vpn_service').body;
    service['primary_downlink_vrrp_config_group'] = 'VPNGW2-VRRP';
    service['secondary_downlink_vrrp_config_group'] = 'VPNGW1-VRRP';
    const roles = await update(scene, etcd(), gateway);
    const { vrrp } = await scene.apply(reservation, [roles]);
    // A master-down interval of the timers until now takes 36.1 s. Twice that of the timers from then on, 3.6 s, is subtracted.
    assert.equal(vrrp?.holdMs, 36_094 - 7_180);
    // The reply is lost. The next attempt finds both routers committed, and waits as long.
    const again = await scene.apply(reservation, [roles]);
    assert.deepEqual([again.applied, again.vrrp], [[roles], vrrp]);
    await scene.settle(reservation, { revert: [roles] });
  });

  describe('where its groups follow a group on another unit', () => {
    /** Configures a group on a unit that belongs to no gateway, and makes all gateways' groups follow that group. */
    const follow = async (router: LocalRouter, group: string, ...statements: string[]) => {
      const operator = client(router.device);
      const address = 'interfaces ae0 unit 4000 family inet address 198.51.100.2/24';
      await operator.set(...statements.map((words) => `set ${address} vrrp-group 1 ${words}`));
      await operator.commit();
      operator.session.close();
      await inherits(
        router,
        group,
        10,
        'vrrp-inherit-from active-interface ae0.4000',
        'vrrp-inherit-from active-group 1',
      );
    };

    it('is that of the group that is followed', async () => {
      await follow(scene.one, 'VPNGW1', 'fast-interval 10000', 'priority 106');
      const members = await scene.gateways(1);
      const { applied, vrrp } = await scene.apply(reservation, members);
      assert.deepEqual(applied, members);
      // 3 advertisements of 10 s, and (256 − 106) / 256 of 10 s.
      assert.equal(vrrp?.masterMs, 35_860);
      await scene.settle(reservation, { revert: members });
    });

    it('is not known if that group is not there, and the member is refused before the commit', async () => {
      await inherits(scene.one, 'VPNGW1', 10, 'vrrp-inherit-from active-interface ae0.4000');
      const [member] = (await scene.gateways(1)) as [PairMember];
      const { applied, refused } = await scene.apply(reservation, [member]);
      assert.deepEqual(applied, []);
      assert.equal(refused[0]?.type, FAILURES.Conflict);
      assert.match(
        refused[0].reason,
        /VRRP on the primary: vrrp-group 10: not known, because it inherits from vrrp-group 10 on ae0\.4000, which is not there$/,
      );
    });
  });

  it('is longer where the router ignores for a while that no master is heard', async () => {
    const operator = client(scene.other.device);
    await operator.set('set protocols vrrp startup-silent-period 100');
    await operator.commit();
    operator.session.close();
    const members = await scene.gateways(1);
    const { vrrp } = await scene.apply(reservation, members);
    // On the secondary, a master-down interval takes 3 advertisements of 1 s, and (256 − 100) / 256 s. It counts 28 times in the silent period of 100 s.
    assert.deepEqual(vrrp, { masterMs: 7_180, limitMs: Math.ceil((7_180 + 101_063) * 1.25) + 2_000 });
    await scene.settle(reservation, { revert: members });
  });

  it('is that of the slowest member', async () => {
    await inherits(scene.one, 'InetGW1', 20, 'fast-interval 20000');
    const [vpn] = (await scene.gateways(1)) as [PairMember];
    const [internet] = (await scene.gateways(1, 'internet_gateway')) as [PairMember];
    const { applied, vrrp } = await scene.apply(reservation, [vpn, internet]);
    assert.deepEqual(applied, [vpn, internet]);
    assert.deepEqual(vrrp, { masterMs: 71_797, limitMs: Math.ceil((71_797 + 7_219) * 1.25) + 2_000 });
    await scene.settle(reservation, { revert: [vpn, internet] });
  });

  it('is too long for a member whose timers need more than the policy allows, which is refused before the commit', async () => {
    await inherits(scene.one, 'VPNGW1', 10, 'fast-interval 40000', 'preempt hold-time 240');
    const [slow] = (await scene.gateways(1)) as [PairMember];
    const [other] = (await scene.gateways(1, 'internet_gateway')) as [PairMember];
    const { applied, refused } = await scene.apply(reservation, [slow, other]);
    assert.deepEqual(applied, [other]);
    assert.deepEqual(refused, [
      {
        member: slow,
        type: FAILURES.NotConverged,
        reason:
          'VRRP needs 390.8 s, more than the 360 s of "vrrpMaxMs": MASTER on the primary after vrrp-group 10: 3 advertisements of 40 s + skew 23.6 s + hold-time 240 s = 383.6 s, then 7.2 s until BACKUP on the secondary proves something',
      },
    ]);
    for (const router of scene.routers) assert.equal(carries(router, slow), false);
    await scene.settle(reservation, { revert: [other] });
  });

  it('is told with the hold-time of a secondary that may take over', async () => {
    await inherits(scene.other, 'VPNGW2', 10, 'priority 200', 'preempt hold-time 400');
    const members = await scene.gateways(1);
    const { applied, refused } = await scene.apply(reservation, members);
    assert.deepEqual(applied, []);
    assert.match(
      refused[0]?.reason ?? '',
      /^VRRP needs 41\d\.\d s, .* = 7\.2 s, then 400 s until no other router may take over, then 6\.4 s until BACKUP/,
    );
  });

  it('is told also if only the secondary has groups', async () => {
    const operator = client(scene.one.device);
    await operator.set(
      'delete groups VPNGW1-VRRP interfaces',
      'set groups VPNGW1-VRRP interfaces <*> mtu 9000',
    );
    await operator.commit();
    operator.session.close();
    await inherits(scene.other, 'VPNGW2', 10, 'fast-interval 40000', 'advertisements-threshold 10');
    const members = await scene.gateways(1);
    const { applied, refused } = await scene.apply(reservation, members);
    assert.deepEqual(applied, []);
    assert.match(refused[0]?.reason ?? '', /: no VRRP on the primary, then 42\d\.\d s until BACKUP/);
  });
});
