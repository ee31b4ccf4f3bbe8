import assert from 'node:assert/strict';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './sight.ts';

describe('settling a batch', function () {
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

  const assertNothingLeft = async () => {
    for (const router of scene.routers) {
      assert.equal(pendingOn(router), false, `${router.name} has something pending`);
      const { turn, debts } = await scene.deps.store.router(router.id);
      assert.deepEqual([turn?.members, debts], [[], []]);
    }
  };

  it('confirms by a check when all are kept, and leaves no commit behind', async () => {
    const members = await scene.gateways(2);
    const turn = await scene.turn();
    await scene.apply(turn, members);
    assert.deepEqual(await scene.settle(turn, { keep: members }), { kept: members, gone: [], again: [] });
    for (const router of scene.routers) {
      for (const member of members) assert.equal(carries(router, member), true);
      assert.equal(logsOf(router).length, 2);
    }
    await assertNothingLeft();
  });

  it('removes all when all are dropped', async () => {
    const members = await scene.gateways(2);
    const turn = await scene.turn();
    const before = scene.routers.map(({ device }) => device.running());
    await scene.apply(turn, members);
    const gone = members.map((member) => ({ member, owed: [], reason: null }));
    assert.deepEqual(await scene.settle(turn, { drop: members }), { kept: [], gone, again: [] });
    assert.deepEqual(
      scene.routers.map(({ device }) => device.running()),
      before,
    );
    await assertNothingLeft();
  });

  it('removes some by the commit that confirms the others', async () => {
    const members = await scene.gateways(3);
    const [first, second, third] = members;
    assert.ok(first && second && third);
    const turn = await scene.turn();
    await scene.apply(turn, members);
    assert.deepEqual(await scene.settle(turn, { keep: [first, third], drop: [second] }), {
      kept: [first, third],
      gone: [{ member: second, owed: [], reason: null }],
      again: [],
    });
    for (const router of scene.routers) {
      assert.deepEqual(
        members.map((member) => carries(router, member)),
        [true, false, true],
      );
      assert.equal(
        logsOf(router)[0],
        `gateway-saga turn ${turn} removed: vpn_gateway:${second.gateway.resourceId} version 1`,
      );
      assert.equal(logsOf(router).length, 3);
    }
    await assertNothingLeft();
  });

  it('says the same again when asked again', async () => {
    const [kept, dropped] = await scene.gateways(2);
    assert.ok(kept && dropped);
    const turn = await scene.turn();
    await scene.apply(turn, [kept, dropped]);
    const verdicts = { keep: [kept], drop: [dropped] };
    const outcome = await scene.settle(turn, verdicts);
    assert.deepEqual(await scene.settle(turn, verdicts), outcome);
    for (const router of scene.routers) assert.equal(logsOf(router).length, 3);
    await assertNothingLeft();
  });
});
