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
import { contextOf, openScene, owedOf } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './router-facts.ts';
import { tried } from './retried.ts';

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
  beforeEach(async () => {
    scene = await openScene(etcd());
  });
  afterEach(async () => {
    await assertFree(scene);
    await scene.close();
  });

  /** A worker that is frozen before or after one of its calls to etcd. */
  function freezing(call: 'issueToken' | 'permitCommit' | 'cancelOwedChanges', moment: 'before' | 'after') {
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

  it('and wakes when the gateway that it has kept is owed since cancels no owed change (T3, T7)', async () => {
    const [mine] = await scene.gateways(1);
    assert.ok(mine);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [mine]);
    const { store } = scene.deps;
    const owedChange = await owedOf(scene.deps, mine);
    assert.ok(await store.addOwedChanges(await scene.fence(reservation), scene.other.id, [owedChange]));
    const { slow, frozen } = freezing('cancelOwedChanges', 'before');
    const first = settle(slow, contextOf(), { reservation, routers: scene.ids, confirm: [mine], revert: [] });
    const woken = first.catch((error: unknown) => error);
    await frozen.reached;
    await scene.settle(reservation, { confirm: [mine] });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const later = await scene.reservation();
    for (const { server } of scene.routers) server.setReachable(false);
    const { reverted } = await scene.impatient.settle(later, { revert: [mine] });
    assert.deepEqual(
      reverted.map(({ owedOn }) => owedOn),
      [['MX-1', 'MX-2']],
    );
    for (const { server } of scene.routers) server.setReachable(true);
    frozen.open();
    assert.ok((await woken) instanceof Error);
    for (const { id } of scene.routers)
      assert.equal((await scene.deps.store.router(id)).owedChanges.length, 1, 'an owed change is forgotten');
  });

  it('has its sessions ended if they still have the locks', async () => {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    const { slow, frozen } = freezing('permitCommit', 'before');
    const first = apply(slow, contextOf(), { reservation, routers: scene.ids, members }).catch(
      (error: unknown) => error,
    );
    await frozen.reached;
    // The frozen worker has both routers locked: no attempt could go on without ending its sessions.
    const outcome = await scene.apply(reservation, members);
    assert.deepEqual(outcome.applied, members);
    frozen.open();
    await first;
    await scene.settle(reservation, { revert: members });
  });

  it('is distinguished from an operator with the same login', async () => {
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

  it('is waited for while the router still carries out its commit (T4)', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    const { met, when } = meeting();
    scene.one.device.faults.add({ step: 'activate', when, outcome: { kind: 'delay', ms: 1_500 } });
    const dead = new AbortController();
    const input = { reservation, routers: scene.ids, members };
    const first = apply(scene.worker(), contextOf({ signal: dead.signal }), input).catch(
      (error: unknown) => error,
    );
    await met;
    dead.abort(new Error('killed'));
    await first;
    const outcome = await tried((context) => scene.apply(reservation, members, context));
    assert.deepEqual(outcome.applied, members);
    assert.deepEqual(reservationLogs(reservation), [1, 1]);
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

  it('together with its pair’s workflow leaves members that the next workflow knows to be ours, and reverts (T5)', async () => {
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

  it('leaves nothing that another pair’s reservation would take for its own (T5)', async () => {
    const [mine, theirs] = await scene.gateways(2);
    assert.ok(mine && theirs);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [mine]);
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const other = await scene.reservation('router_pair:other');
    const pending = new RegExp(
      `a confirmed commit by esi at .*gateway-saga reservation ${reservation} .* is pending`,
    );
    await assert.rejects(scene.apply(other, [theirs]), pending);
    assert.deepEqual(scene.routers.map(pendingOn), [true, true]);
  });

  it('leaves a commit on one router, which no check of a refused member may confirm (T4)', async () => {
    const [good, bad] = await scene.gateways(2);
    assert.ok(good && bad);
    const key = KEYS.plan(bad.gateway);
    const plan = (await etcd().raw.get(key).string()) ?? '';
    // The second router alone refuses it.
    const record = JSON.parse(plan) as PlanRecord;
    const { secondary } = record.routers;
    assert.ok(secondary.after);
    const create = secondary.after.create.replace(/input \S+;/, 'input NO-SUCH-FILTER;');
    const routers = {
      ...record.routers,
      secondary: { ...secondary, after: { ...secondary.after, create } },
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
    // The reason was lost with the first attempt: the next batch meets it again.
    assert.deepEqual(outcome.postponed, [bad]);
    assert.deepEqual(scene.routers.map(pendingOn), [true, true], 'a check has confirmed what is on trial');
    await scene.settle(reservation, { revert: [good] });
  });

  it('leaves members to be reverted that it may have committed, if the routers can’t be looked at any more (T6)', async () => {
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
