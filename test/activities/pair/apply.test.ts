import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './sight.ts';

describe('applying a batch', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene(etcd());
  });
  afterEach(async () => {
    await assertFree(scene);
    await scene.close();
  });

  it('puts all of it on both routers, each with one commit that falls back', async () => {
    const members = [...(await scene.gateways(2)), ...(await scene.gateways(1, 'internet_gateway'))];
    const turn = await scene.turn();
    const before = Date.now();
    const outcome = await scene.apply(turn, members);
    assert.deepEqual(outcome.applied, members);
    assert.deepEqual([outcome.refused, outcome.undo], [[], []]);
    assert.deepEqual(outcome.confirm, { [scene.one.id]: 'confirmed', [scene.other.id]: 'confirmed' });
    const { confirmMinutes, minuteMs, confirmMarginMs } = scene.deps.policy;
    const confirmBy = Date.parse(outcome.confirmBy ?? '') + confirmMarginMs - confirmMinutes * minuteMs;
    assert.ok(confirmBy >= before && confirmBy <= Date.now(), outcome.confirmBy ?? 'null');
    for (const router of scene.routers) {
      for (const member of members) assert.equal(carries(router, member), true);
      assert.equal(pendingOn(router), true);
      const [log, ...older] = logsOf(router);
      assert.match(log ?? '', new RegExp(`^gateway-saga turn ${turn} until .*Z: vpn_gateway:`));
      for (const { gateway } of members)
        assert.match(log ?? '', new RegExp(`${gateway.resourceId} version 1`));
      assert.deepEqual(older, [undefined]);
    }
  });

  it('tried again, finds its own commit and makes no other (T4)', async () => {
    const members = await scene.gateways(2);
    const turn = await scene.turn();
    const first = await scene.apply(turn, members);
    const second = await scene.apply(turn, members);
    assert.deepEqual(second.applied, members);
    assert.equal(second.confirmBy, first.confirmBy);
    for (const router of scene.routers) assert.equal(logsOf(router).length, 2);
  });

  it('refuses what is configured there already, though it be equal (T9)', async () => {
    const [mine, theirs] = await scene.gateways(2);
    assert.ok(mine && theirs);
    const turn = await scene.turn();
    await scene.apply(turn, [theirs]);
    await scene.settle(turn, { keep: [theirs] });
    await scene.deps.store.releaseTurn({ turn, routers: scene.ids });
    const next = await scene.turn();
    const outcome = await scene.apply(next, [mine, theirs]);
    assert.deepEqual(outcome.applied, [mine]);
    assert.deepEqual(
      outcome.refused.map(({ member, type }) => [member, type]),
      [[theirs, FAILURES.Conflict]],
    );
    assert.match(outcome.refused[0]?.reason ?? '', /MX-[12]: all of it is configured there already/);
    await scene.settle(next, { drop: [mine] });
  });
});
