import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { apply } from '../../../activities/pair/apply.ts';
import { client } from '../../simulator/device/scene.ts';
import { byHand, deletion, standing } from './further-versions.ts';
import { contextOf, register } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf, pendingOn } from './router-facts.ts';
import { useScene } from './use-scene.ts';

describe('applying a batch', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened));

  it('puts all of it on both routers, each with one commit on trial', async () => {
    const members = [...(await scene.gateways(2)), ...(await scene.gateways(1, 'internet_gateway'))];
    const reservation = await scene.reservation();
    const before = Date.now();
    const outcome = await scene.apply(reservation, members);
    assert.deepEqual(outcome.applied, members);
    assert.deepEqual([outcome.refused, outcome.toRevert], [[], []]);
    assert.deepEqual(outcome.commits, { [scene.one.id]: 'on trial', [scene.other.id]: 'on trial' });
    const { confirmMinutes, minuteMs, confirmMarginMs } = scene.deps.policy;
    const confirmBy = Date.parse(outcome.confirmBy ?? '') + confirmMarginMs - confirmMinutes * minuteMs;
    assert.ok(confirmBy >= before && confirmBy <= Date.now(), outcome.confirmBy ?? 'null');
    for (const router of scene.routers) {
      for (const member of members) assert.equal(carries(router, member), true);
      assert.equal(pendingOn(router), true);
      const [log, ...older] = logsOf(router);
      assert.match(log ?? '', new RegExp(`^gateway-saga reservation ${reservation} until .*Z: vpn_gateway:`));
      for (const { gateway } of members)
        assert.match(log ?? '', new RegExp(`${gateway.resourceId} version 1`));
      assert.deepEqual(older, [undefined]);
    }
  });

  it('a second time finds the first commit, and makes no other (T4)', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    const first = await scene.apply(reservation, members);
    const second = await scene.apply(reservation, members);
    assert.deepEqual(second.applied, members);
    assert.equal(second.confirmBy, first.confirmBy);
    for (const router of scene.routers) assert.equal(logsOf(router).length, 2);
  });

  it('does nothing while an earlier run may be on the routers, which a pair that was reset has forgotten', async () => {
    const [member] = (await scene.gateways(1)) as [PairMember];
    const reservation = await scene.reservation();
    await scene.apply(reservation, [member]);
    const newer = await register(scene.deps, member.gateway);
    await assert.rejects(scene.apply(reservation, [newer]), { type: FAILURES.Superseded });
    await assert.rejects(scene.apply(reservation, [newer], { since: 0 }), { type: FAILURES.Superseded });
    await scene.settle(reservation, { revert: [member] });
    assert.deepEqual((await scene.apply(reservation, [newer])).applied, [newer]);
    await scene.settle(reservation, { revert: [newer] });
  });

  it('refuses a gateway that is configured there already, even if it is equal (T9)', async () => {
    const [mine, theirs] = await scene.gateways(2);
    assert.ok(mine && theirs);
    const plan = await scene.deps.store.planRecord(theirs.gateway);
    for (const { id, device } of scene.routers) {
      const planned = Object.values(plan?.routers ?? {}).find((router) => router.id === id);
      const operator = client(device);
      await operator.load(planned?.after?.create ?? '');
      await operator.commit();
      operator.session.close();
    }
    const next = await scene.reservation();
    const outcome = await scene.apply(next, [mine, theirs]);
    assert.deepEqual(outcome.applied, [mine]);
    assert.deepEqual(
      outcome.refused.map(({ member, type }) => [member, type]),
      [[theirs, FAILURES.Conflict]],
    );
    assert.match(
      outcome.refused[0]?.reason ?? '',
      /: MX-1 carries it whole \(no commit of gateway-saga in its history put it there\); MX-2 carries it whole \(no/,
    );
    await scene.settle(next, { revert: [mine] });
  });

  it('finds a gateway that was made permanent by a pair that has forgotten it, and commits nothing', async () => {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    await scene.settle(reservation, { confirm: members });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const commits = scene.routers.map((router) => logsOf(router).length);
    const next = await scene.reservation();
    assert.deepEqual((await scene.apply(next, members)).applied, members);
    assert.deepEqual((await scene.settle(next, { confirm: members })).kept, members);
    assert.deepEqual(
      scene.routers.map((router) => logsOf(router).length),
      commits,
    );
  });

  it('finds a gateway that was made permanent right before it got its token, by a call from before its pair was reset', async () => {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    const { store } = scene.deps;
    const reset = Date.now();
    // If the worker read the plans before it got the token, they would not say yet that the gateway is kept.
    const late: typeof store = {
      ...store,
      async issueToken(...given) {
        await scene.settle(reservation, { confirm: members }, { since: reset });
        return store.issueToken(...given);
      },
    };
    const input = { reservation, routers: scene.ids, members };
    const { applied, refused } = await apply(
      { ...scene.deps, store: late },
      contextOf({ since: reset + 1 }),
      input,
    );
    assert.deepEqual([applied, refused], [members, []]);
    assert.deepEqual((await scene.settle(reservation, { confirm: members })).kept, members);
  });

  it('does not wait for the commits of a reservation that was settled', async () => {
    const [first, second] = await scene.gateways(2);
    assert.ok(first && second);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [first]);
    await scene.settle(reservation, { confirm: [first] });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    // A new worker has never seen these routers mark a commit. By the clock alone, the first commit could still be on trial.
    const next = await scene.reservation();
    const input = { reservation: next, routers: scene.ids, members: [second] };
    const { applied } = await apply(scene.worker(), contextOf(), input);
    assert.deepEqual(applied, [second]);
    await scene.settle(next, { revert: [second] });
  });

  it('names a deletion as one in the routers’ commit histories', async () => {
    const [gateway] = (await standing(scene, 1)) as [TestGateway];
    for (const router of scene.routers) assert.match(logsOf(router)[0] ?? '', /version 1$/);
    const member = await deletion(scene, etcd(), gateway);
    const reservation = await scene.reservation();
    assert.deepEqual((await scene.apply(reservation, [member])).applied, [member]);
    for (const router of scene.routers) assert.match(logsOf(router)[0] ?? '', /version 2 deleted$/);
    await scene.settle(reservation, { revert: [member] });
  });

  it('makes first what a router owes (T7)', async () => {
    const [first, second] = (await scene.gateways(2)) as [PairMember, PairMember];
    const reservation = await scene.reservation();
    await scene.apply(reservation, [first]);
    await byHand(scene.other, 'set interfaces ge-0/0/1 mtu 1400');
    scene.other.server.setReachable(false);
    await scene.impatient.settle(reservation, { revert: [first] });
    scene.other.server.setReachable(true);
    assert.equal((await scene.deps.store.router(scene.other.id)).owedChanges.length, 1);
    assert.deepEqual((await scene.apply(reservation, [second])).applied, [second]);
    assert.deepEqual((await scene.deps.store.router(scene.other.id)).owedChanges, []);
    assert.equal(carries(scene.other, first), false);
    await scene.settle(reservation, { revert: [second] });
  });
});
