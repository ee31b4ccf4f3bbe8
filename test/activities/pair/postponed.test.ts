import assert from 'node:assert/strict';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf } from './router-facts.ts';

describe('a member that comes when a commit of its reservation is pending', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  before(async () => {
    scene = await openScene(etcd());
  });
  after(() => scene.close());

  it('is postponed to the next batch, and nothing is committed for it (T4)', async () => {
    const members = await scene.gateways(2);
    const [first, second] = members;
    assert.ok(first && second);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [first]);
    const outcome = await scene.apply(reservation, members);
    assert.deepEqual(outcome.applied, [first]);
    assert.deepEqual(outcome.postponed, [second]);
    assert.deepEqual([outcome.refused, outcome.toRevert], [[], []]);
    for (const router of scene.routers) {
      assert.equal(carries(router, second), false);
      assert.equal(logsOf(router).filter((log) => log?.includes(reservation)).length, 1);
    }
    await scene.settle(reservation, { confirm: [first] });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    await assertFree(scene);
  });
});
