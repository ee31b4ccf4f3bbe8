import assert from 'node:assert/strict';
import { apply } from '../../../activities/pair/apply.ts';
import { settle } from '../../../activities/pair/settle.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { contextOf, owedOf } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf, pendingOn } from './router-facts.ts';
import { tried } from './retried.ts';
import { useScene } from './use-scene.ts';

/** Stops its caller at `pass` until a test opens it. */
function gate() {
  let open = (): void => {};
  let arrive = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  return {
    reached,
    open: () => open(),
    pass: async () => {
      arrive();
      await opened;
    },
  };
}

describe('a worker that is taken for dead', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened));

  /** A worker that is frozen before or after one of its calls to etcd. */
  function freezing(call: 'issueToken' | 'permitCommit' | 'markSettled', moment: 'before' | 'after') {
    const frozen = gate();
    const deps = scene.worker();
    const { store } = deps;
    const calls = store as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const freezingCall = async (...args: unknown[]) => {
      if (moment === 'before') await frozen.pass();
      const result = await calls[call]?.(...args);
      if (moment === 'after') await frozen.pass();
      return result;
    };
    const slow: Dependencies = { ...deps, store: { ...store, [call]: freezingCall } };
    return { slow, frozen };
  }

  const reservationLogs = (reservation: string) =>
    scene.routers.map((router) => logsOf(router).filter((log) => log?.includes(reservation)).length);

  for (const moment of ['before', 'after'] as const) {
    it(`and is frozen ${moment} its commit was permitted commits nothing when it wakes (T3)`, async () => {
      const members = await scene.gateways(2);
      const reservation = await scene.reservation();
      const { slow, frozen } = freezing('permitCommit', moment);
      const input = { reservation, routers: scene.ids, members };
      const first = apply(slow, contextOf(), input).catch((error: unknown) => error);
      await frozen.reached;
      const outcome = await tried((context) => scene.apply(reservation, members, context));
      assert.deepEqual(outcome.applied, members);
      frozen.open();
      assert.ok((await first) instanceof Error, 'the woken worker must have failed');
      assert.deepEqual(reservationLogs(reservation), [1, 1]);
      const settled = await scene.settle(reservation, { confirm: members });
      assert.deepEqual(settled.kept, members);
    });
  }

  for (const [moment, why] of [
    ['before', 'overtaken'],
    ['after', 'fencing token 1 is void'],
  ] as const) {
    it(`and is frozen ${moment} it got its token applies nothing if everything was reverted meanwhile (T3)`, async () => {
      const members = await scene.gateways(2);
      const reservation = await scene.reservation();
      const { slow, frozen } = freezing('issueToken', moment);
      const input = { reservation, routers: scene.ids, members };
      const first = apply(slow, contextOf(), input).catch((error: unknown) => error);
      await frozen.reached;
      await scene.apply(reservation, members);
      await scene.settle(reservation, { revert: members });
      frozen.open();
      assert.match(String(await first), new RegExp(`reservation ${reservation}: ${why}`));
      assert.deepEqual(reservationLogs(reservation), [2, 2]);
      for (const router of scene.routers) {
        for (const member of members) assert.equal(carries(router, member), false);
        assert.equal(pendingOn(router), false);
      }
    });
  }

  it('and wakes under the next reservation settles nothing (T3)', async () => {
    const [mine, next] = await scene.gateways(2);
    assert.ok(mine && next);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [mine]);
    const { slow, frozen } = freezing('issueToken', 'after');
    const first = settle(slow, contextOf(), { reservation, routers: scene.ids, confirm: [], revert: [mine] });
    const woken = first.catch((error: unknown) => error);
    await frozen.reached;
    await scene.settle(reservation, { confirm: [mine] });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const later = await scene.reservation();
    await scene.apply(later, [next]);
    frozen.open();
    assert.ok((await woken) instanceof Error);
    for (const router of scene.routers) {
      assert.equal(carries(router, mine), true, 'what was kept was reverted');
      assert.equal(pendingOn(router), true, 'what the next reservation has on trial was confirmed');
    }
    await scene.settle(later, { revert: [next] });
  });

  it('and is frozen before it wrote that a gateway is kept leaves what is owed of it (T3, T7)', async () => {
    const [mine] = await scene.gateways(1);
    assert.ok(mine);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [mine]);
    const { store } = scene.deps;
    const owedChange = await owedOf(scene.deps, mine);
    assert.ok(await store.addOwedChanges(await scene.fence(reservation), scene.other.id, [owedChange]));
    const { slow, frozen } = freezing('markSettled', 'before');
    const first = settle(slow, contextOf(), { reservation, routers: scene.ids, confirm: [mine], revert: [] });
    const woken = first.catch((error: unknown) => error);
    await frozen.reached;
    // Both routers carry the member for good by now. The next attempt finds that its change is owed, and reverts it on both.
    assert.equal((await store.router(scene.other.id)).owedChanges.length, 1, 'what is owed is forgotten');
    const { reverted } = await scene.settle(reservation, { revert: [mine] });
    assert.deepEqual(
      reverted.map(({ owedOn }) => owedOn),
      [[]],
    );
    for (const router of scene.routers) assert.equal(carries(router, mine), false);
    frozen.open();
    assert.ok((await woken) instanceof Error);
    assert.equal((await store.planRecord(mine.gateway))?.kept, undefined);
  });

  it('and is frozen before its commit was permitted commits nothing if the routers were found to carry nothing (T3, T6)', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    const { slow, frozen } = freezing('permitCommit', 'before');
    const input = { reservation, routers: scene.ids, members };
    const first = apply(slow, contextOf(), input).catch((error: unknown) => error);
    await frozen.reached;
    const { reverted } = await scene.settle(reservation, { revert: members });
    assert.deepEqual(
      reverted.map(({ owedOn }) => owedOn),
      [[], []],
    );
    frozen.open();
    assert.match(String(await first), /fencing token 1 is void/);
    for (const router of scene.routers)
      for (const member of members) assert.equal(carries(router, member), false);
  });

  it('has its sessions ended if they still have the locks', async () => {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    const { slow, frozen } = freezing('permitCommit', 'before');
    const first = apply(slow, contextOf(), { reservation, routers: scene.ids, members }).catch(
      (error: unknown) => error,
    );
    await frozen.reached;
    // The frozen worker has both routers locked: the next attempt can only go on by ending the frozen worker's sessions.
    const outcome = await scene.apply(reservation, members);
    assert.deepEqual(outcome.applied, members);
    frozen.open();
    await first;
    await scene.settle(reservation, { revert: members });
  });

  it('and is frozen while another worker gives up is permitted nothing any more (T3, T6)', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    const { slow, frozen } = freezing('permitCommit', 'before');
    const input = { reservation, routers: scene.ids, members };
    const first = apply(slow, contextOf(), input).catch((error: unknown) => error);
    await frozen.reached;
    scene.other.server.setReachable(false);
    const outcome = await scene.impatient.apply(reservation, members);
    assert.deepEqual([outcome.refused.length, outcome.toRevert], [2, []]);
    scene.other.server.setReachable(true);
    frozen.open();
    assert.match(String(await first), /fencing token 1 is void/);
    for (const router of scene.routers) {
      const record = await scene.deps.store.router(router.id);
      assert.deepEqual(record.reservation?.members, []);
    }
  });

  it('gives up only once its own token is void, too: what it has begun must not go on (T3, T6)', async () => {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    scene.other.server.setReachable(false);
    const outcome = await scene.impatient.apply(reservation, members);
    scene.other.server.setReachable(true);
    assert.equal(outcome.refused.length, 1);
    const own = { reservation, routers: scene.ids, token: 1 };
    assert.equal(await scene.deps.store.permitCommit(own, scene.ids, members, ''), false);
  });
});
