import assert from 'node:assert/strict';
import { pay } from '../../../activities/pair/pay-without-request.ts';
import { publishCompleted } from '../../../activities/saga/publish.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { childOf, withChildKinds } from '../../families/kinds.ts';
import { byHand, deletion, standing } from './further-versions.ts';
import { contextOf, register } from './scene.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

describe('a child that a router owes to put back', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened), { kinds: withChildKinds });

  it('is not put back where somebody has removed its parent: nothing would hold it', async () => {
    const [parent] = (await standing(scene, 1)) as [TestGateway];
    const child = childOf(parent, 'static_route');
    await writeRecords([etcd().endpoint], [recordOf(child.gateway)]);
    const route = await register(scene.deps, child);
    let reservation = await scene.reservation();
    const next = async () => {
      await scene.deps.store.endReservation({ reservation, routers: scene.ids });
      reservation = await scene.reservation();
    };
    await scene.apply(reservation, [route]);
    await scene.settle(reservation, { confirm: [route] });
    await publishCompleted(scene.deps, { ...route, seen: [] });
    await next();
    const gone = await deletion(scene, etcd(), child);
    await scene.apply(reservation, [gone]);
    const instance = `routing-instances ${String(parent.gateway.body['vrf_name'])}`;
    // This commit confirms the trial, so the child has to be put back.
    await byHand(scene.other, `delete ${instance}`);
    scene.other.server.setReachable(false);
    const { reverted } = await scene.impatient.settle(reservation, { revert: [gone] });
    assert.deepEqual(reverted[0]?.owedOn, ['MX-2']);
    scene.other.server.setReachable(true);
    await next();
    const before = scene.other.device.running();
    await pay(scene.deps, contextOf(), { reservation, routers: scene.ids, ids: [scene.other.id] });
    assert.equal(scene.other.device.running(), before);
    assert.equal((await scene.deps.store.router(scene.other.id)).owedChanges.length, 1);
  });
});
