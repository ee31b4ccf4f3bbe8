import assert from 'node:assert/strict';
import { applying, settling } from '../../../activities/pair/apply-or-wait.ts';
import { planning } from '../../../activities/saga/plan.ts';
import { polling } from '../../../activities/saga/poll.ts';
import { registerPlan } from '../../../activities/saga/register.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { batchPolicyOf, verdictTime } from '../../../gateway/policies.ts';
import type { Policy } from '../../../gateway/policies.ts';
import { SHORT_MINUTES } from '../../../local/short-minutes.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { inActivity, scheduledNow } from '../activity.ts';
import { openScene, register } from '../pair/scene.ts';
import type { Scene } from '../pair/scene.ts';

const LIMITS = { vrrpIntervalMs: 50, vrrpLimitMs: 600, vrrpMaxMs: 60_000 };

describe('a change that workers with different policies carry out', function () {
  this.timeout(20_000);
  const etcd = useEtcd();
  let scene: Scene;
  let member: PairMember;
  beforeEach(async () => {
    scene = await openScene(etcd(), { policy: { ...SHORT_MINUTES.policy, ...LIMITS } });
    [member] = (await scene.gateways(1)) as [PairMember];
  });
  afterEach(() => scene.close());

  const workerWith = (policy: Partial<Policy>): Dependencies => {
    const deps = scene.worker();
    return { ...deps, policy: { ...deps.policy, ...policy } };
  };

  it('is polled within the limit by which it was planned, and says that one', async () => {
    const { gateway, run } = member;
    const other = workerWith({ vrrpIntervalMs: 5_000, vrrpLimitMs: 60_000 });
    await assert.rejects(
      inActivity(scheduledNow(), () =>
        polling(other)({ gateway, run, role: 'primary', router: scene.one.id }),
      ),
      { type: FAILURES.NotConverged, message: /after 1 s$/ },
    );
  });

  it('keeps its limits when another worker registers it', async () => {
    const planned = await planning(scene.deps)(member.gateway);
    assert.ok(planned.kind === 'planned', JSON.stringify(planned));
    assert.deepEqual(planned.plan.limits, LIMITS);
    const registered = await registerPlan(workerWith({ vrrpLimitMs: 60_000 }), planned.plan, Date.now());
    assert.ok(registered.kind === 'registered', JSON.stringify(registered));
    assert.deepEqual(registered.plan.limits, LIMITS);
    assert.deepEqual((await scene.deps.store.planRecord(member.gateway))?.limits, LIMITS);
  });

  it('has its verdict waited for as long as the limits of its batch need', async () => {
    const reservation = await scene.reservation();
    const { verdictMs } = await scene.apply(reservation, [member]);
    assert.equal(verdictMs, verdictTime(LIMITS));
    await scene.settle(reservation, { revert: [member] });
  });

  it('is applied and settled by the policy of its reservation', async () => {
    const reservation = await scene.reservation();
    const policy = batchPolicyOf(
      { ...scene.deps.policy, confirmMinutes: 540, settlePatienceMs: 1 },
      scene.ids,
    );
    const input = { reservation, routers: scene.ids, policy };
    const other = workerWith({ confirmMinutes: 5, confirmedCommits: { '*': 'never' } });
    const outcome = await inActivity(scheduledNow(-5_000), () =>
      applying(other)({ ...input, members: [member] }),
    );
    assert.ok('commits' in outcome, JSON.stringify(outcome));
    assert.deepEqual(Object.values(outcome.commits), ['on trial', 'on trial']);
    const minutes = (Date.parse(outcome.confirmBy ?? '') + policy.confirmMarginMs - Date.now()) / 60_000;
    assert.ok(minutes > 8 && minutes <= 9, `a trial of ${minutes} minutes`);
    scene.other.server.setReachable(false);
    const settled = await inActivity(
      { scheduledTimestampMs: Date.now() - 1_000, currentAttemptScheduledTimestampMs: Date.now() },
      () => settling(other)({ ...input, confirm: [], revert: [member] }),
    );
    assert.deepEqual(
      settled.reverted.map(({ owedOn }) => owedOn),
      [['MX-2']],
    );
    scene.other.server.setReachable(true);
  });

  it('has a trial that is as much longer as its limit is beyond the one of its reservation, whatever the limit of the worker is', async () => {
    const patient = { vrrpLimitMs: 120_000, vrrpMaxMs: 240_000, confirmMinutes: 900 };
    const planned = await register(workerWith(patient), member.gateway);
    const reservation = await scene.reservation();
    const policy = batchPolicyOf({ ...scene.deps.policy, confirmMinutes: 540 }, scene.ids);
    const input = { reservation, routers: scene.ids, policy, members: [planned] };
    const outcome = await inActivity(scheduledNow(), () => applying(workerWith(patient))(input));
    assert.ok('commits' in outcome, JSON.stringify(outcome));
    assert.equal(outcome.vrrp?.limitMs, patient.vrrpLimitMs);
    const lastsMs = Date.parse(outcome.confirmBy ?? '') + policy.confirmMarginMs - Date.now();
    // 540 minutes of 1 s, and what VRRP may take beyond 0.6 s.
    assert.ok(lastsMs > 640_000 && lastsMs <= 660_000, `a trial of ${lastsMs} ms`);
    await scene.settle(reservation, { revert: [planned] });
  });
});
