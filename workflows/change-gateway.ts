/**
 * The saga of one change of a gateway: plan, register, apply, record, poll, confirm, publish. For everything that changes the routers
 * it sends a request to their pair (`router-pair.ts`), which does it for many gateways at once. A deletion has nothing to poll. An update
 * that changes nothing on the routers asks nothing of the pair.
 *
 * 1. A compensation is registered before its step.
 * 2. No step that changes something is cancelled half-way. The saga notices a cancel between two steps, and while it waits for `apply` or
 *    polls, until it requests the pair to confirm the change: that is the "point of no return" (M5).
 * 3. `/state` is written once, at the end, whether the saga succeeds or fails.
 * 4. The saga reports the original error. A failed compensation is reported beside it.
 */
import {
  ApplicationFailure,
  CancellationScope,
  defineQuery,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Action } from '../gateway/change.ts';
import { FAILURES } from '../gateway/failures.ts';
import { PROGRESS_QUERY } from '../gateway/messages.ts';
import type { Progress } from '../gateway/messages.ts';
import { stepOf } from '../gateway/outcomes.ts';
import type { RegisterOutcome } from '../gateway/outcomes.ts';
import type { GatewayRequest, GatewayResult, Observation, Plan, PlanInput } from '../gateway/plan.ts';
import { COMPLETED } from '../gateway/records.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import { activities } from './activities.ts';
import { Compensation } from './compensation.ts';
import { changed, deletedNothing, fail, madeBefore, resultOf, unwind } from './ends.ts';
import { revertLeftover } from './leftover.ts';
import { PairRequests } from './pair-requests.ts';
import type { Trial } from './pair-requests.ts';
import { ProgressLog } from './progress-log.ts';
import { failureTypeOf, reasonOf } from './reason.ts';
import { checkRequest } from './request.ts';
import { describe } from './search-attributes.ts';
import { recordAndPoll, seeWorking, seenAgain } from './see-working.ts';
import { Shield } from './shield.ts';

/** How often a saga writes its records again. */
const MAX_RESTORED = 3;

export const progressQuery = defineQuery<Progress>(PROGRESS_QUERY);

export function createGateway(input: GatewayRequest): Promise<GatewayResult> {
  return changeGateway(input, 'create');
}

export function updateGateway(input: GatewayRequest): Promise<GatewayResult> {
  return changeGateway(input, 'update');
}

export function deleteGateway(input: GatewayRequest): Promise<GatewayResult> {
  return changeGateway(input, 'delete');
}

/** Does whatever the configuration asks for. */
export function applyGateway(input: GatewayRequest): Promise<GatewayResult> {
  return changeGateway(input);
}

async function changeGateway(input: GatewayRequest, action?: Action): Promise<GatewayResult> {
  const request = checkRequest(input, workflowInfo().workflowId);
  const { resourceType, resourceId } = request;
  const log = new ProgressLog({ resourceType, resourceId, version: request.version ?? null });
  setHandler(progressQuery, () => log.progress, {
    description: 'How far the saga is, and what it waits for',
  });
  const shield = new Shield();
  return CancellationScope.nonCancellable(() => run({ ...request, ...(action && { action }) }, log, shield));
}

async function run(request: PlanInput, log: ProgressLog, shield: Shield): Promise<GatewayResult> {
  // A plan writes nothing. So while etcd does not answer, a cancel ends the saga without a word in `/state`.
  const planned = await log
    .step('plan', 'etcd', () => shield.interruptible(() => activities.plan(request)))
    .catch((error: unknown) => {
      if (isCancellation(error)) log.tell({ outcome: 'cancelled' });
      throw error;
    });
  const { searchAttributes } = planned.kind === 'planned' ? planned.plan : planned;
  switch (planned.kind) {
    case 'ended':
      return resultOf(planned.ended, searchAttributes, log);
    case 'refused':
      describe({ gateway: log.progress.gateway, searchAttributes }, 'failed');
      throw fail(log, null, planned.type, planned.reason, []);
    case 'invalid': {
      const error = ApplicationFailure.nonRetryable(planned.reason, FAILURES.InvalidGateway);
      describe(planned);
      return unwind(planned, log, new Compensation(), error, { registered: false });
    }
    case 'kept':
      describe(planned);
      return publishKept(planned, log);
    case 'nothing': {
      describe(planned);
      await publishNothing(planned.gateway, log);
      return deletedNothing(planned, log);
    }
    case 'planned': {
      const { gateway, action, standing, name, routers, limits } = planned.plan;
      const pair: Progress['pair'] = [routers.primary.id, routers.secondary.id];
      log.tell({ gateway, action, ...(standing !== null && { standing }), name, limits, pair });
      return saga(planned.plan, request, log, shield);
    }
  }
}

async function saga(
  first: Plan,
  request: PlanInput,
  log: ProgressLog,
  shield: Shield,
): Promise<GatewayResult> {
  const compensation = new Compensation();
  let plan = first;
  let registered = false;
  let trial: Trial | undefined;
  try {
    describe(plan);
    shield.throwIfCancelled();
    const outcome = await register(plan, log);
    if (outcome.kind === 'kept') return await publishKept(plan, log);
    if (outcome.kind === 'replan') return await run(request, log, shield);
    plan = outcome.plan;
    registered = true;
    if (plan.unchanged) return await withRecords(plan, log, () => publishUnchanged(plan, log, shield));
    const pair = new PairRequests(plan, log);
    // Registered even before the first request: after a reset the saga doesn't know which requests it has sent.
    compensation.add(`revert on ${pair.names}`, async () => {
      await withRecords(plan, log, () => pair.compensate());
    });
    return await withRecords(plan, log, async (again) => {
      shield.throwIfCancelled();
      trial = await shield.interruptible(() => pair.apply(again));
      return trial.name === 'complete'
        ? resultOf({ ...plan, workerState: COMPLETED[plan.action], error: '' }, plan.searchAttributes, log)
        : confirmAndPublish(plan, log, shield, pair, trial);
    });
  } catch (error) {
    const restored = () => seenAgain(plan, log, trial);
    return unwind(plan, log, compensation, error, { registered, restored });
  }
}

/**
 * Does the work. If the saga's records in etcd turn out to be gone, because etcd was restored from a backup or somebody removed them, writes
 * them again and does the work again: what the routers carry by then is found there.
 */
async function withRecords<T>(
  plan: Plan,
  log: ProgressLog,
  work: (again: boolean) => Promise<T>,
): Promise<T> {
  for (let restored = 0; ; restored += 1) {
    try {
      return await work(restored > 0);
    } catch (error) {
      if (failureTypeOf(error) !== FAILURES.RecordsGone || restored === MAX_RESTORED) throw error;
      await log
        .step('register', 'etcd', () => activities.restoreRecords(plan))
        .catch((cause: unknown) => {
          throw ApplicationFailure.nonRetryable(
            `${reasonOf(error)}, and can't be written again: ${reasonOf(cause)}`,
            FAILURES.RecordsGone,
          );
        });
    }
  }
}

async function confirmAndPublish(
  plan: Plan,
  log: ProgressLog,
  shield: Shield,
  pair: PairRequests,
  trial: Trial,
): Promise<GatewayResult> {
  let seen = await recordAndPoll(plan, log, shield, trial);
  shield.throwIfCancelled();
  // From here on a cancel changes nothing. If a router fell back before it was confirmed, the answer names a new trial. Then the gateway
  // must be seen working again under that trial ("named trial", M3).
  for (
    let next = await pair.confirm(trial.name, seen);
    next !== null;
    next = await pair.confirm(next.name, seen)
  ) {
    seen = await seeWorking(plan, log, next);
  }
  return publish(plan, log, seen);
}

/** The routers carry what the configuration asks for already, so only evidence is taken. */
async function publishUnchanged(plan: Plan, log: ProgressLog, shield: Shield): Promise<GatewayResult> {
  const seen = await recordAndPoll(plan, log, shield, undefined);
  shield.throwIfCancelled();
  await log.step('record monitoring', 'etcd', () => activities.recordMonitoring({ ...stepOf(plan), seen }));
  return publish(plan, log, seen);
}

async function publish(plan: Plan, log: ProgressLog, seen: readonly Observation[]): Promise<GatewayResult> {
  await log.step('publish', 'etcd', () =>
    activities.publishCompleted({ ...stepOf(plan), seen, jobs: plan.jobs }, plan.action),
  );
  return changed(plan, seen, log);
}

type Registered = Exclude<RegisterOutcome, { readonly kind: 'leftover' }>;

async function register(plan: Plan, log: ProgressLog): Promise<Registered> {
  for (;;) {
    const outcome = await log.step('register', 'etcd', () => activities.register(plan));
    if (outcome.kind !== 'leftover') return outcome;
    await revertLeftover({ ...plan, ...outcome.left }, log);
  }
}

async function publishKept(
  kept: Pick<Plan, 'gateway' | 'action' | 'searchAttributes'>,
  log: ProgressLog,
): Promise<GatewayResult> {
  await log.step('publish', 'etcd', () => activities.publishKept(kept.gateway));
  return madeBefore(kept, log);
}

async function publishNothing(gateway: GatewayVersion, log: ProgressLog): Promise<void> {
  for (;;) {
    const outcome = await log.step('publish', 'etcd', () => activities.publishNothing(gateway));
    if (outcome.kind === 'published') return;
    await revertLeftover({ name: gateway.resourceId, ...outcome.left }, log);
  }
}
