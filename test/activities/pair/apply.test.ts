import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { ROLES } from '../../../gateway/resource.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { apply } from '../../../activities/pair/apply.ts';
import { hereOf, openScene, register } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './router-facts.ts';

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
    const reservation = await scene.reservation();
    const before = Date.now();
    const outcome = await scene.apply(reservation, members);
    assert.deepEqual(outcome.applied, members);
    assert.deepEqual([outcome.refused, outcome.toRevert], [[], []]);
    assert.deepEqual(outcome.commits, { [scene.one.id]: 'confirmed', [scene.other.id]: 'confirmed' });
    const { confirmMinutes, minuteMs, confirmMarginMs } = scene.deps.policy;
    const confirmBy = Date.parse(outcome.confirmBy ?? '') + confirmMarginMs - confirmMinutes * minuteMs;
    assert.ok(confirmBy >= before && confirmBy <= Date.now(), outcome.confirmBy ?? 'null');
    for (const router of scene.routers) {
      for (const member of members) assert.equal(carries(router, member), true);
      assert.equal(pendingOn(router), true);
      const [log, ...older] = logsOf(router);
      assert.match(log ?? '', new RegExp(`^gateway-saga turn ${reservation} until .*Z: vpn_gateway:`));
      for (const { gateway } of members)
        assert.match(log ?? '', new RegExp(`${gateway.resourceId} version 1`));
      assert.deepEqual(older, [undefined]);
    }
  });

  it('tried again, finds its own commit and makes no other (T4)', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    const first = await scene.apply(reservation, members);
    const second = await scene.apply(reservation, members);
    assert.deepEqual(second.applied, members);
    assert.equal(second.confirmBy, first.confirmBy);
    for (const router of scene.routers) assert.equal(logsOf(router).length, 2);
  });

  it('does nothing on a turn that an earlier run may be on, which a pair that was reset has forgotten', async () => {
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

  it('refuses what is configured there already, though it be equal (T9)', async () => {
    const [mine, theirs] = await scene.gateways(2);
    assert.ok(mine && theirs);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [theirs]);
    await scene.settle(reservation, { confirm: [theirs] });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    await forget(theirs);
    const next = await scene.reservation();
    const outcome = await scene.apply(next, [mine, theirs]);
    assert.deepEqual(outcome.applied, [mine]);
    assert.deepEqual(
      outcome.refused.map(({ member, type }) => [member, type]),
      [[theirs, FAILURES.Conflict]],
    );
    assert.match(
      outcome.refused[0]?.reason ?? '',
      /MX-[12]: "interfaces .*" is configured there already, by somebody else/,
    );
    await scene.settle(next, { revert: [mine] });
  });

  it('finds what was made permanent before, by a pair that has forgotten it, and commits nothing', async () => {
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

  it('finds what was made permanent after it had read the plans, when its pair was reset in that moment', async () => {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    const { store } = scene.deps;
    const reset = Date.now();
    let settled: Promise<unknown> | undefined;
    const late: typeof store = {
      ...store,
      async plans(gateways) {
        const found = await store.plans(gateways);
        await (settled ??= scene.settle(reservation, { confirm: members }, { since: reset }));
        return found;
      },
    };
    const input = { reservation, routers: scene.ids, members };
    const { applied, refused } = await apply(
      { ...scene.deps, store: late },
      hereOf({ since: reset + 1 }),
      input,
    );
    assert.deepEqual([applied, refused], [members, []]);
    assert.deepEqual((await scene.settle(reservation, { confirm: members })).kept, members);
  });

  it('is not kept waiting by a turn that was settled, whoever comes next', async () => {
    const [first, second] = await scene.gateways(2);
    assert.ok(first && second);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [first]);
    await scene.settle(reservation, { confirm: [first] });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    // A worker that has never seen these routers mark anything: by the clock, the commit could be on trial still.
    const next = await scene.reservation();
    const input = { reservation: next, routers: scene.ids, members: [second] };
    const { applied } = await apply(scene.worker(), hereOf(), input);
    assert.deepEqual(applied, [second]);
    await scene.settle(next, { revert: [second] });
  });

  it('removes what was made permanent before when that is asked for', async () => {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    await scene.settle(reservation, { confirm: members });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const next = await scene.reservation();
    const { reverted: gone } = await scene.settle(next, { revert: members });
    assert.deepEqual(
      gone.map(({ member, owed }) => [member, owed]),
      [[members[0], []]],
    );
    for (const router of scene.routers) assert.match(logsOf(router)[0] ?? '', /removed/);
  });

  /** As if an operator had put it there: nothing of ours says otherwise. */
  async function forget({ gateway, run }: PairMember): Promise<void> {
    const { store } = scene.deps;
    const record = await store.voidAttempts(gateway, run);
    assert.ok(record);
    await store.confirmAttempt(gateway, record.attempt, ROLES);
    await store.markClean(gateway, record.attempt, ROLES);
  }
});
