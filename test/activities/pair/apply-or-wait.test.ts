import assert from 'node:assert/strict';
import {
  applyOrWait,
  applying as applyingActivity,
  awaitRouters,
} from '../../../activities/pair/apply-or-wait.ts';
import type { AttemptContext } from '../../../activities/router/attempt-context.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { client, LOCK, UNLOCK } from '../../simulator/device/scene.ts';
import type { Client } from '../../simulator/device/scene.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { RecordingMeter } from '../../worker/monitoring/recording-meter.ts';
import { inActivity, scheduledNow } from '../activity.ts';
import { contextOf } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf } from './router-facts.ts';
import { useScene } from './use-scene.ts';

const LOCKED = /^MX-1: configuration database locked by: esi terminal \(pid \d+\) on since \d{4}-/;

describe('a router that an operator has locked', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  let operator: Client;
  let members: PairMember[];
  let reservation: string;
  afterEach(() => {
    operator.session.close();
    scene.other.server.setReachable(true);
  });
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => {
    operator = client(scene.one.device);
    members = await scene.gateways(2);
    reservation = await scene.reservation();
    await operator.ok(LOCK);
  });

  const applying = (waitedMs = 0, context: Partial<AttemptContext> = {}) =>
    applyOrWait(scene.deps, contextOf(context), { reservation, routers: scene.ids, members, waitedMs });
  const waiting = (known: string, waitedMs = 0, context: Partial<AttemptContext> = {}) =>
    awaitRouters(scene.deps, contextOf(context), { reservation, routers: scene.ids, waitedMs, known });
  const whatIsInTheWay = async (): Promise<string> => {
    const outcome = await applying();
    assert.ok('why' in outcome, JSON.stringify(outcome));
    return outcome.why;
  };

  it('is named with its operator, and nothing is changed', async () => {
    const before = scene.routers.map(logsOf);
    assert.match(await whatIsInTheWay(), LOCKED);
    assert.deepEqual(scene.routers.map(logsOf), before);
    for (const router of scene.routers) {
      const { reservation: current } = await scene.deps.store.router(router.id);
      assert.deepEqual(current?.members, [], 'a commit was permitted');
    }
  });

  it('gets another attempt as soon as it is unlocked', async () => {
    const known = await whatIsInTheWay();
    const waits = waiting(known);
    await operator.ok(UNLOCK);
    assert.equal((await waits).kind, 'try');
    const outcome = await applying();
    assert.ok('applied' in outcome);
    assert.deepEqual(outcome.applied, members);
    await scene.settle(reservation, { revert: members });
  });

  it('is not waited for any more once it, or the other one, is held', async () => {
    const known = await whatIsInTheWay();
    for (const id of scene.ids) {
      await scene.deps.store.beginMaintenance(id, { reason: 'line card', by: 'bob', since: '' });
      assert.equal((await waiting(known)).kind, 'held');
      // Patience that is over makes no difference: to apply now could put the batch on the held router.
      assert.equal((await waiting(known, scene.deps.policy.patienceMs)).kind, 'held');
      await scene.deps.store.endMaintenance(id);
    }
    await operator.ok(UNLOCK);
    assert.equal((await waiting(known)).kind, 'try');
  });

  it('is not named any more as soon as something else is in the way', async () => {
    const known = await whatIsInTheWay();
    const waits = waiting(known);
    scene.other.server.setReachable(false);
    await operator.ok(UNLOCK);
    const outcome = await waits;
    assert.ok(outcome.kind === 'blocked', JSON.stringify(outcome));
    assert.match(outcome.why, /^router MX-2 .* can't be reached/);
  });

  it('is looked at less and less often', async () => {
    const known = await whatIsInTheWay();
    const looks: number[] = [];
    const when = () => {
      // The next look finds the candidate unlocked.
      if (looks.push(Date.now()) === 6) void operator.ok(UNLOCK);
      return false;
    };
    scene.one.device.faults.add({ rpc: 'lock', times: Infinity, when, outcome: { kind: 'refuse' } });
    assert.equal((await waiting(known)).kind, 'try');
    const pauses = looks.slice(1).map((look, index) => look - (looks[index] as number));
    assert.ok((pauses.at(-1) ?? 0) > 1.3 * (pauses[0] ?? 0), `pauses were ${pauses.join(', ')}`);
  });

  it('is waited for as long as ever, if the attempt began late because no worker was there', async () => {
    const since = Date.now() - 3 * scene.deps.policy.patienceMs;
    const outcome = await applying(0, { since, attempt: 2 });
    assert.ok('why' in outcome, JSON.stringify(outcome));
    assert.match(outcome.why, LOCKED);
    await operator.ok(UNLOCK);
    assert.equal((await waiting(outcome.why, 0, { since, attempt: 2 })).kind, 'try');
  });

  it('costs a late attempt one look at what is permitted', async () => {
    let looks = 0;
    const { store } = scene.deps;
    const router: typeof store.router = (id) => {
      looks += 1;
      return store.router(id);
    };
    const deps = { ...scene.deps, store: { ...store, router } };
    const since = Date.now() - 3 * deps.policy.patienceMs;
    const input = { reservation, routers: scene.ids, members };
    const outcome = await applyOrWait(deps, contextOf({ since, attempt: 2 }), input);
    assert.ok('why' in outcome, JSON.stringify(outcome));
    assert.equal(looks, 2, 'each of the two routers is read once');
  });

  it('is waited for until workers have waited as long as patience lasts, and then named as the reason', async () => {
    const { patienceMs } = scene.deps.policy;
    const waitedMs = patienceMs - 1_000;
    const { kind, lookedMs } = await waiting(await whatIsInTheWay(), waitedMs);
    assert.equal(kind, 'try');
    assert.ok(lookedMs >= 1_000, `looked for ${lookedMs} ms`);
    const outcome = await applying(waitedMs + lookedMs);
    assert.ok('refused' in outcome);
    assert.deepEqual(
      outcome.refused.map(({ member, type }) => [member, type]),
      members.map((member) => [member, FAILURES.RouterBusy]),
    );
    assert.match(outcome.refused[0]?.reason ?? '', LOCKED);
    assert.match(outcome.refused[0]?.reason ?? '', /\(given up after 1\d s\)$/);
  });

  it('does not make a member wait that may be on a router: the routers are looked at until that is known (T6)', async () => {
    await operator.ok(UNLOCK);
    scene.other.device.faults.add({ step: 'activate', outcome: { kind: 'drop' } });
    await assert.rejects(applying());
    assert.equal(carries(scene.one, members[0] as PairMember), true);
    await operator.ok(LOCK);
    await assert.rejects(applying(), { name: 'NotNowError', message: LOCKED });
    await operator.ok(UNLOCK);
    await scene.settle(reservation, { revert: members });
  });

  it('does not make a member wait that may be on a router, even if another run takes its plan over meanwhile (T6)', async () => {
    await operator.ok(UNLOCK);
    const [member] = members as [PairMember];
    const { store } = scene.deps;
    const permitCommit: typeof store.permitCommit = async (...given) => {
      const isPermitted = await store.permitCommit(...given);
      const record = await store.planRecord(member.gateway);
      await etcd()
        .raw.put(KEYS.plan(member.gateway))
        .value(JSON.stringify({ ...record, run: 'heir' }));
      return isPermitted;
    };
    const deps = { ...scene.deps, store: { ...store, permitCommit } };
    scene.other.device.faults.add({ step: 'activate', outcome: { kind: 'drop' } });
    const input = { reservation, routers: scene.ids, members: [member] };
    await assert.rejects(applyOrWait(deps, contextOf(), input), { name: 'SessionLostError' });
    assert.equal(carries(scene.one, member), true);
    await scene.settle(reservation, { revert: [member] });
    assert.equal(carries(scene.one, member), false);
  });

  it('is not looked at any more once the waiting is cancelled', async () => {
    const known = await whatIsInTheWay();
    const leave = new AbortController();
    const waits = waiting(known, 0, { signal: leave.signal });
    leave.abort(new Error('no member wants to go on'));
    await assert.rejects(waits);
  });

  it('is not counted as a batch; one that goes on the routers is, by how many members it has', async () => {
    const meter = new RecordingMeter();
    const deps = { ...scene.deps, meter };
    const input = { reservation, routers: scene.ids, members };
    const activity = () => inActivity(scheduledNow(), () => applyingActivity(deps)(input));
    assert.ok('why' in (await activity()));
    await operator.ok(UNLOCK);
    assert.ok('applied' in (await activity()));
    const batches = meter.recorded.filter(([what]) => what === 'batchMembers');
    assert.deepEqual(batches, [['batchMembers', 2, {}]]);
    await scene.settle(reservation, { revert: members });
  });
});
