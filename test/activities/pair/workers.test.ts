import assert from 'node:assert/strict';
import { apply } from '../../../activities/pair/apply.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import { client, LOCK, UNLOCK } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { meeting } from '../../saga/breakpoints.ts';
import { contextOf } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf, pendingOn } from './router-facts.ts';
import { tried } from './retried.ts';
import { useScene } from './use-scene.ts';

describe('a worker that died, or is taken for dead', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened));

  const reservationLogs = (reservation: string) =>
    scene.routers.map((router) => logsOf(router).filter((log) => log?.includes(reservation)).length);

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
    // Only the second router refuses the bad member.
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
    // Why the bad member was refused was lost with the first attempt: the next batch finds it out again.
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
