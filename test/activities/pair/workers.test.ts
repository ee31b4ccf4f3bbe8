import assert from 'node:assert/strict';
import { apply } from '../../../activities/pair/apply.ts';
import { settle } from '../../../activities/pair/settle.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { client, LOCK, UNLOCK } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { meeting } from '../../saga/breakpoints.ts';
import { hereOf, openScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './router-facts.ts';
import { tried } from './retried.ts';

/** Stops where a test says, and goes on when it says so. */
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

describe('a worker that is thought dead', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene(etcd());
  });
  afterEach(async () => {
    await assertFree(scene);
    await scene.close();
  });

  /** A worker whose process stands still before or after one of its calls to etcd. */
  function freezing(call: 'beginTurnAttempt' | 'permitCommit' | 'cancelDebts', moment: 'before' | 'after') {
    const frozen = gate();
    const deps = scene.worker();
    const { store } = deps;
    const calls = store as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const held = async (...args: unknown[]) => {
      if (moment === 'before') await frozen.pass();
      const result = await calls[call]?.(...args);
      if (moment === 'after') await frozen.pass();
      return result;
    };
    const slow: Dependencies = { ...deps, store: { ...store, [call]: held } };
    return { slow, frozen };
  }

  const reservationLogs = (reservation: string) =>
    scene.routers.map((router) => logsOf(router).filter((log) => log?.includes(reservation)).length);

  for (const moment of ['before', 'after'] as const) {
    it(`and stands still ${moment} its commit was permitted commits nothing when it wakes (T3)`, async () => {
      const members = await scene.gateways(2);
      const reservation = await scene.reservation();
      const { slow, frozen } = freezing('permitCommit', moment);
      const input = { reservation, routers: scene.ids, members };
      const first = apply(slow, hereOf(), input).catch((error: unknown) => error);
      await frozen.reached;
      const outcome = await tried((here) => scene.apply(reservation, members, here));
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
    ['after', 'attempt 1 is void'],
  ] as const) {
    it(`and stands still ${moment} it began puts nothing there when all was taken away meanwhile (T3)`, async () => {
      const members = await scene.gateways(2);
      const reservation = await scene.reservation();
      const { slow, frozen } = freezing('beginTurnAttempt', moment);
      const input = { reservation, routers: scene.ids, members };
      const first = apply(slow, hereOf(), input).catch((error: unknown) => error);
      await frozen.reached;
      await scene.apply(reservation, members);
      await scene.settle(reservation, { revert: members });
      frozen.open();
      assert.match(String(await first), new RegExp(`turn ${reservation}: ${why}`));
      assert.deepEqual(reservationLogs(reservation), [2, 2]);
      for (const router of scene.routers) {
        for (const member of members) assert.equal(carries(router, member), false);
        assert.equal(pendingOn(router), false);
      }
    });
  }

  it('and wakes in the next turn settles nothing (T3)', async () => {
    const [mine, next] = await scene.gateways(2);
    assert.ok(mine && next);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [mine]);
    const { slow, frozen } = freezing('beginTurnAttempt', 'after');
    const first = settle(slow, hereOf(), { reservation, routers: scene.ids, confirm: [], revert: [mine] });
    const woken = first.catch((error: unknown) => error);
    await frozen.reached;
    await scene.settle(reservation, { confirm: [mine] });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const later = await scene.reservation();
    await scene.apply(later, [next]);
    frozen.open();
    assert.ok((await woken) instanceof Error);
    for (const router of scene.routers) {
      assert.equal(carries(router, mine), true, 'what was kept was removed');
      assert.equal(pendingOn(router), true, 'what the next turn has on trial was confirmed');
    }
    await scene.settle(later, { revert: [next] });
  });

  it('and wakes when what it has kept is owed since takes nothing of that back (T3, T7)', async () => {
    const [mine] = await scene.gateways(1);
    assert.ok(mine);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [mine]);
    const { store } = scene.deps;
    const plan = await store.planRecord(mine.gateway);
    const { token: attempt } = (await store.router(scene.other.id)).reservation ?? { token: 0 };
    assert.ok(plan);
    const { configuration } = plan.routers.secondary;
    const owedChange = { gateway: mine.gateway, role: 'secondary', configuration, since: '', reason: '' } as const;
    await store.addOwedChanges({ reservation, routers: scene.ids, token: attempt }, scene.other.id, [owedChange]);
    const { slow, frozen } = freezing('cancelDebts', 'before');
    const first = settle(slow, hereOf(), { reservation, routers: scene.ids, confirm: [mine], revert: [] });
    const woken = first.catch((error: unknown) => error);
    await frozen.reached;
    await scene.settle(reservation, { confirm: [mine] });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const later = await scene.reservation();
    for (const { server } of scene.routers) server.setReachable(false);
    const { reverted: gone } = await scene.impatient.settle(later, { revert: [mine] });
    assert.deepEqual(
      gone.map(({ owed }) => owed),
      [['MX-1', 'MX-2']],
    );
    for (const { server } of scene.routers) server.setReachable(true);
    frozen.open();
    assert.ok((await woken) instanceof Error);
    for (const { id } of scene.routers)
      assert.equal((await scene.deps.store.router(id)).owedChanges.length, 1, 'a debt is forgotten');
  });

  it('has its session ended when that still holds the lock', async () => {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    const { slow, frozen } = freezing('permitCommit', 'before');
    const first = apply(slow, hereOf(), { reservation, routers: scene.ids, members }).catch(
      (error: unknown) => error,
    );
    await frozen.reached;
    // Both routers' locks are held by the one that stands still: without ending its sessions nobody could go on.
    const outcome = await scene.apply(reservation, members);
    assert.deepEqual(outcome.applied, members);
    frozen.open();
    await first;
    await scene.settle(reservation, { revert: members });
  });

  it('is not mistaken for a person, nor for another session of ours', async () => {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    const other = client(scene.one.device);
    await other.ok(LOCK);
    await assert.rejects(scene.apply(reservation, members), /MX-1: configuration database locked by: esi/);
    await other.ok(UNLOCK);
    other.session.close();
    await scene.apply(reservation, members);
    await scene.settle(reservation, { revert: members });
  });

  it('while the router still carries out its commit is waited for (T4)', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    const { met, when } = meeting();
    scene.one.device.faults.add({ step: 'activate', when, outcome: { kind: 'delay', ms: 1_500 } });
    const dead = new AbortController();
    const input = { reservation, routers: scene.ids, members };
    const first = apply(scene.worker(), hereOf({ signal: dead.signal }), input).catch(
      (error: unknown) => error,
    );
    await met;
    dead.abort(new Error('killed'));
    await first;
    const outcome = await tried((here) => scene.apply(reservation, members, here));
    assert.deepEqual(outcome.applied, members);
    assert.deepEqual(reservationLogs(reservation), [1, 1]);
    await scene.settle(reservation, { revert: members });
  });

  it('and stands still while the others give up cannot be permitted anything any more (T3, T6)', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    const { slow, frozen } = freezing('permitCommit', 'before');
    const input = { reservation, routers: scene.ids, members };
    const first = apply(slow, hereOf(), input).catch((error: unknown) => error);
    await frozen.reached;
    scene.other.server.setReachable(false);
    const outcome = await scene.impatient.apply(reservation, members);
    assert.deepEqual([outcome.refused.length, outcome.toRevert], [2, []]);
    scene.other.server.setReachable(true);
    frozen.open();
    assert.match(String(await first), /attempt 1 is void/);
    for (const router of scene.routers) {
      const record = await scene.deps.store.router(router.id);
      assert.deepEqual(record.reservation?.members, []);
    }
  });

  it('together with its pair workflow leaves what the next one knows for its own, and removes (T5)', async () => {
    const members = await scene.gateways(2);
    const [next] = await scene.gateways(1);
    assert.ok(next);
    await scene.apply(await scene.reservation(), members);
    const heir = `${scene.one.id.slice(0, 8)}.2`;
    const since = new Date().toISOString();
    const request = { reservation: heir, pair: 'router_pair:test', routers: scene.ids, since };
    const taken = await scene.deps.store.reserve(request);
    assert.ok(taken.kind === 'reserved');
    assert.equal(taken.leftover.length, 2);
    await scene.settle(heir, { revert: members });
    for (const router of scene.routers) {
      for (const member of members) assert.equal(carries(router, member), false);
    }
    assert.deepEqual((await scene.apply(heir, [next])).applied, [next]);
    await scene.settle(heir, { revert: [next] });
  });

  it('leaves nothing that another turn would take for its own (T5)', async () => {
    const [mine, theirs] = await scene.gateways(2);
    assert.ok(mine && theirs);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [mine]);
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const other = await scene.reservation('router_pair:other');
    const pending = new RegExp(`a confirmed commit by esi at .*gateway-saga turn ${reservation} .* is pending`);
    await assert.rejects(scene.apply(other, [theirs]), pending);
    assert.deepEqual(scene.routers.map(pendingOn), [true, true]);
  });

  it('leaves one router’s commit that must not be confirmed by what it lacks (T4)', async () => {
    const [good, bad] = await scene.gateways(2);
    assert.ok(good && bad);
    const key = KEYS.plan(bad.gateway);
    const plan = (await etcd().raw.get(key).string()) ?? '';
    // Refused by the second router only.
    const record = JSON.parse(plan) as PlanRecord;
    const secondary = { ...record.routers.secondary.configuration };
    const create = secondary.create.replace(/input \S+;/, 'input NO-SUCH-FILTER;');
    const routers = {
      ...record.routers,
      secondary: { ...record.routers.secondary, configuration: { ...secondary, create } },
    };
    await etcd()
      .raw.put(key)
      .value(JSON.stringify({ ...record, routers }));
    const reservation = await scene.reservation();
    scene.other.device.faults.add({ step: 'activate', outcome: { kind: 'drop' } });
    await assert.rejects(scene.apply(reservation, [good, bad]));
    assert.deepEqual(scene.routers.map(pendingOn), [true, false]);
    const outcome = await scene.apply(reservation, [good, bad]);
    assert.deepEqual(outcome.applied, [good]);
    // Its reason was lost with the first attempt: the next batch will hear it again.
    assert.deepEqual(outcome.postponed, [bad]);
    assert.deepEqual(scene.routers.map(pendingOn), [true, true], 'what is on trial was confirmed by a check');
    await scene.settle(reservation, { revert: [good] });
  });

  it('leaves to be undone what it may have committed, when nobody can look any more (T6)', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    scene.other.device.faults.add({ step: 'activate', moment: 'after', outcome: { kind: 'drop' } });
    await assert.rejects(scene.apply(reservation, members));
    scene.other.server.setReachable(false);
    const outcome = await scene.impatient.apply(reservation, members);
    assert.deepEqual([outcome.applied, outcome.refused], [[], []]);
    assert.deepEqual(
      outcome.toRevert.map(({ member, type }) => [member, type]),
      members.map((member) => [member, FAILURES.RouterUnreachable]),
    );
    scene.other.server.setReachable(true);
    await scene.settle(reservation, { revert: members });
  });
});
