import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { observe } from '../../../activities/router/observe.ts';
import { otherGroupsOn } from '../../../activities/router/other-groups.ts';
import { targetOf } from '../../../activities/router/router-target.ts';
import { polling } from '../../../activities/saga/poll.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { Observation } from '../../../gateway/plan.ts';
import type { Role } from '../../../gateway/resource.ts';
import type { OtherGroup, VrrpTime } from '../../../gateway/vrrp-time.ts';
import type { LocalRouter } from '../../../local/routers.ts';
import { SHORT_MINUTES } from '../../../local/short-minutes.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { inActivity, scheduledNow } from '../activity.ts';
import { byHand, standing, unitOf, update } from './further-versions.ts';
import { openScene } from './scene.ts';
import type { Scene } from './scene.ts';

const GROUP = '10.9.8.2/24 vrrp-group 77';

describe('the VRRP groups of others in a unit that an update changes', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  let gateway: TestGateway;
  let unit: string;
  let vrrp: VrrpTime | undefined;
  before(async () => {
    const { device, policy } = SHORT_MINUTES;
    scene = await openScene(etcd(), {
      device,
      policy: { ...policy, vrrpIntervalMs: 20, vrrpLimitMs: 1_000 },
    });
    [gateway] = (await standing(scene, 1)) as [TestGateway];
    unit = `ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`;
    for (const [router, host, priority] of [
      [scene.one, '2', 200],
      [scene.other, '3', 100],
    ] as const)
      await byHand(
        router,
        `set ${unitOf(gateway)} family inet address 10.9.8.${host}/24 vrrp-group 77 virtual-address 10.9.8.1`,
        `set ${unitOf(gateway)} family inet address 10.9.8.${host}/24 vrrp-group 77 priority ${priority}`,
      );
    await untilElected('MASTER', 'BACKUP');
  });
  after(() => scene.close());

  const shownBy = async ({ id }: LocalRouter): Promise<readonly OtherGroup[]> => {
    const { target } = await targetOf(scene.deps.store.snapshot(), id);
    const wanted = { interfaces: [unit], filters: [], sessions: [], routes: [] };
    const shown = await scene.deps.routers.withSession(target, (session) => observe(session, wanted));
    return otherGroupsOn(shown, unit, []).filter(({ group }) => group.endsWith(' vrrp-group 77'));
  };

  /** Resolves when the group has these states on the two routers. */
  async function untilElected(...wanted: readonly string[]): Promise<void> {
    for (;;) {
      const states = (await Promise.all(scene.routers.map(shownBy))).flat().map(({ state }) => state);
      if (states.join() === wanted.join()) return;
      await sleep(20);
    }
  }

  /** Registers an update that swaps the two roles' configuration groups. */
  async function swapped(): Promise<PairMember> {
    const service = gateway.neighbour('vpn_service').body;
    service['primary_downlink_vrrp_config_group'] = 'VPNGW2-VRRP';
    service['secondary_downlink_vrrp_config_group'] = 'VPNGW1-VRRP';
    return update(scene, etcd(), gateway);
  }

  const polled = (
    member: PairMember,
    role: Role,
    end: 'before' | 'after',
    others = vrrp?.others,
  ): Promise<Observation> => {
    const { gateway: version, run } = member;
    const router = role === 'primary' ? scene.one.id : scene.other.id;
    const input = { gateway: version, run, role, router, end, ...(others && { others }) };
    return inActivity(scheduledNow(), () => polling(scene.deps)(input));
  };

  it('are told with what is on trial, as they were before', async () => {
    const reservation = await scene.reservation();
    const filters = await update(scene, etcd(), gateway);
    const { vrrp: ofFilters } = await scene.apply(reservation, [filters]);
    assert.equal(ofFilters?.others, undefined);
    await scene.settle(reservation, { revert: [filters] });
    const member = await swapped();
    ({ vrrp } = await scene.apply(reservation, [member]));
    assert.deepEqual(vrrp?.others, {
      [scene.one.id]: [{ unit, group: GROUP, state: 'MASTER' }],
      [scene.other.id]: [{ unit, group: GROUP.replace('8.2', '8.3'), state: 'BACKUP' }],
    });
    await scene.settle(reservation, { revert: [member] });
    const seen = await Promise.all([
      polled(member, 'primary', 'before'),
      polled(member, 'secondary', 'before'),
    ]);
    assert.deepEqual(
      seen.map((one) => one.vrrp),
      ['MASTER', 'BACKUP'],
    );
  });

  it('are no evidence any more, once they are worse', async () => {
    const member = await swapped();
    const address = `set ${unitOf(gateway)} family inet address 10.9.8.2/24`;
    await byHand(scene.one, `${address} vrrp-group 77 priority 50`);
    await untilElected('BACKUP', 'MASTER');
    for (const [role, name, words] of [
      ['primary', 'MX-1', 'BACKUP, was MASTER'],
      ['secondary', 'MX-2', 'MASTER, was BACKUP'],
    ] as const)
      await assert.rejects(polled(member, role, 'before'), {
        type: FAILURES.NotConverged,
        message: `${name} (${role}): of others: VRRP group 77 on ${unit} is ${words} before the update after 1 s`,
      });
  });
});
