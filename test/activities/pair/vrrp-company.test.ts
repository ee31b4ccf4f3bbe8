import assert from 'node:assert/strict';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { standing, update } from './further-versions.ts';
import { inherited } from './inherited-vrrp.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

describe('the time that VRRP takes, where a member would have no room for the hold-time of another one', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => (reservation = await scene.reservation()));

  /** An update for which another router may wait 180 s before it takes over, and a creation that needs 252 s alone. */
  async function members(): Promise<{ readonly held: PairMember; readonly slow: PairMember }> {
    for (const [router, group] of [
      [scene.one, 'VPNGW1'],
      [scene.one, 'VPNGW3'],
      [scene.other, 'VPNGW2'],
    ] as const)
      await inherited(scene, router, group, 10, 'fast-interval 10000', 'preempt hold-time 180');
    for (const group of ['VPNGW1', 'VPNGW3'])
      await inherited(scene, scene.one, group, 10, 'priority 150', 'track interface ae9 priority-cost 100');
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const [gateway] = (await standing(scene, 1)) as [TestGateway];
    reservation = await scene.reservation();
    gateway.neighbour('vpn_service').body['primary_downlink_vrrp_config_group'] = 'VPNGW3-VRRP';
    const [slow] = (await scene.gateways(1)) as [PairMember];
    return { held: await update(scene, etcd(), gateway), slow };
  }

  it('is that of the first one, and the other one is postponed to the next batch', async () => {
    const { held, slow } = await members();
    const first = await scene.apply(reservation, [held, slow]);
    assert.deepEqual([first.applied, first.postponed], [[held], [slow]]);
    assert.deepEqual([first.refused, first.toRevert, first.vrrp?.holdMs], [[], [], 180_000]);
    await scene.settle(reservation, { revert: [held] });
    const { applied, vrrp } = await scene.apply(reservation, [slow]);
    assert.deepEqual([applied, vrrp?.holdMs], [[slow], undefined]);
    await scene.settle(reservation, { revert: [slow] });
  });

  it('is that of the first one, also if the other one brings the hold-time', async () => {
    const { held, slow } = await members();
    const { applied, postponed, vrrp } = await scene.apply(reservation, [slow, held]);
    assert.deepEqual([applied, postponed, vrrp?.holdMs], [[slow], [held], undefined]);
    await scene.settle(reservation, { revert: [slow] });
  });
});
