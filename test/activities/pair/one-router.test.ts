import assert from 'node:assert/strict';
import { KEYS } from '../../../etcd/keys.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { byHand, deletion, next, standing } from './further-versions.ts';
import { tried } from './retried.ts';
import { logsOf, pendingOn, waitUntil } from './router-facts.ts';
import type { Scene } from './scene.ts';
import { SHORT_DEADLINE, useScene } from './use-scene.ts';

const policy = { ...SHORT_DEADLINE, confirmMinutes: 2 };

describe('a change that changes only one of the two routers', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened), { policy });

  const changes: readonly (readonly [string, (gateway: TestGateway) => Promise<PairMember>])[] = [
    [
      'an update of the secondary',
      (gateway) => {
        gateway.neighbour('vpn_service').body['secondary_downlink_vrrp_config_group'] = 'VPNGW1-VRRP';
        return next(scene, etcd(), gateway);
      },
    ],
    [
      'a deletion of what somebody has deleted on the primary',
      async (gateway) => {
        const member = await deletion(scene, etcd(), gateway);
        const record = await scene.deps.store.planRecord(member.gateway);
        await byHand(scene.one, ...(record?.routers.primary.before?.remove ?? []));
        return member;
      },
    ],
  ];

  for (const [what, register] of changes) {
    it(`is committed there only, and no commit on the other one is told: ${what}`, async () => {
      const [gateway] = (await standing(scene, 1)) as [TestGateway];
      const member = await register(gateway);
      const before = scene.routers.map((router) => logsOf(router).length);
      const reservation = await scene.reservation();
      const { applied, commits, plainCommits } = await scene.apply(reservation, [member]);
      assert.deepEqual(applied, [member]);
      assert.deepEqual(
        scene.routers.map((router, index) => logsOf(router).length - (before[index] ?? 0)),
        [0, 1],
      );
      assert.deepEqual(commits, { [scene.one.id]: null, [scene.other.id]: 'on trial' });
      assert.equal(plainCommits, undefined);
      assert.deepEqual((await scene.settle(reservation, { confirm: [member] })).kept, [member]);
    });

    it(`is applied again if it falls back, and kept then: ${what}`, async () => {
      const [gateway] = (await standing(scene, 1)) as [TestGateway];
      const member = await register(gateway);
      const reservation = await scene.reservation();
      await scene.apply(reservation, [member]);
      await waitUntil(() => !pendingOn(scene.other));
      const settled = () => tried((context) => scene.settle(reservation, { confirm: [member] }, context));
      assert.deepEqual(await settled(), { kept: [], reverted: [], fellBack: [member] });
      assert.deepEqual((await scene.apply(reservation, [member])).applied, [member]);
      assert.deepEqual(await settled(), { kept: [member], reverted: [], fellBack: [] });
    });
  }

  it('is recognized, and committed by nobody, if etcd has lost what it wrote since the registration: an update of the secondary', async () => {
    const [gateway] = (await standing(scene, 1)) as [TestGateway];
    const member = await changes[0]?.[1](gateway);
    assert.ok(member);
    const { raw } = etcd();
    const key = KEYS.plan(member.gateway);
    const registered = (await raw.get(key).string()) ?? assert.fail();
    const earlier = await scene.reservation();
    await scene.apply(earlier, [member]);
    await scene.settle(earlier, { confirm: [member] });
    const logs = scene.routers.map(logsOf);
    await raw.put(key).value(registered);
    for (const id of scene.ids) await raw.delete().key(KEYS.router(id));
    const reservation = await scene.reservation();
    const { applied, refused } = await scene.apply(reservation, [member]);
    assert.deepEqual([applied, refused], [[member], []]);
    assert.deepEqual((await scene.settle(reservation, { confirm: [member] })).kept, [member]);
    assert.deepEqual(scene.routers.map(logsOf), logs);
  });
});
