import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import { carries, logsOf } from './router-facts.ts';
import { useScene } from './use-scene.ts';

describe('applying gateways that own the same stanza, after somebody has deleted the claims', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened));

  for (const kind of ['vpn_gateway', 'internet_gateway'] as const) {
    it(`refuses the later one in the queue, a ${kind}, and names the stanza and the other gateway`, async () => {
      const [first] = (await scene.gateways(1)) as [PairMember];
      const later = await scene.clashing(kind);
      const reservation = await scene.reservation();
      const { applied, refused, toRevert } = await scene.apply(reservation, [first, later]);
      assert.deepEqual([applied, toRevert], [[first], []]);
      assert.deepEqual(
        refused.map(({ member, type }) => [member, type]),
        [[later, FAILURES.Conflict]],
      );
      assert.match(
        refused[0]?.reason ?? '',
        new RegExp(
          `^MX-[12]: "interfaces .*" belongs to vpn_gateway ${first.name} \\(${first.gateway.resourceId}\\)$`,
        ),
      );
      assert.deepEqual((await scene.settle(reservation, { confirm: [first] })).kept, [first]);
      for (const router of scene.routers) {
        assert.equal(carries(router, first), true);
        const log = logsOf(router).join(' ');
        assert.equal(log.includes(later.gateway.resourceId), false, log);
      }
    });
  }

  it('refuses a gateway beside one that may be on the routers and is about to be reverted', async () => {
    const [first] = (await scene.gateways(1)) as [PairMember];
    const reservation = await scene.reservation();
    const store = scene.deps.store;
    await store.permitCommit(await scene.fence(reservation), scene.ids, [first], new Date().toISOString());
    const later = await scene.clashing();
    const { refused } = await scene.apply(reservation, [later]);
    assert.match(
      refused[0]?.reason ?? '',
      new RegExp(`belongs to vpn_gateway ${first.name} \\(${first.gateway.resourceId}\\)$`),
    );
    await scene.settle(reservation, { revert: [first] });
    assert.deepEqual((await scene.apply(reservation, [later])).applied, [later]);
    await scene.settle(reservation, { revert: [later] });
  });

  it('refuses a gateway beside one that a router owes to remove, and that somebody has changed there', async () => {
    const [first] = (await scene.gateways(1)) as [PairMember];
    const reservation = await scene.reservation();
    await scene.apply(reservation, [first]);
    const operator = client(scene.other.device);
    await operator.ok('<commit-configuration><check/></commit-configuration>');
    scene.other.server.setReachable(false);
    await scene.impatient.settle(reservation, { revert: [first] });
    scene.other.server.setReachable(true);
    const stanza = ownedOn(first, scene.other.id).find(([word]) => word === 'interfaces') ?? [];
    await operator.set(`set ${stanza.join(' ')} description changed`);
    await operator.ok(COMMIT);
    operator.session.close();
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const later = await scene.clashing('internet_gateway');
    const { refused } = await scene.apply(await scene.reservation(), [later]);
    assert.match(
      refused[0]?.reason ?? '',
      new RegExp(
        `^MX-2: "interfaces .*" belongs to vpn_gateway ${first.name} \\(${first.gateway.resourceId}\\)$`,
      ),
    );
  });
});
