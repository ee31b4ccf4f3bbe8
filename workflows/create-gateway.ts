/**
 * The create-gateway saga: plan, register, apply, record, poll, record, confirm, publish. For everything that changes the routers it sends
 * a request to their pair (`router-pair.ts`), which does it for many gateways at once.
 *
 * 1. A compensation is registered before its step.
 * 2. No step that changes something is cancelled half-way. The saga notices a cancel between two steps, and while it waits for `apply` or
 *    polls, until it requests the pair to confirm the gateway: that is the "point of no return" (M5).
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
import { LENGTHS, oneLine, vrrpTimeText } from '../gateway/display.ts';
import { FAILURES } from '../gateway/failures.ts';
import { PROGRESS_QUERY } from '../gateway/messages.ts';
import type { GatewayFailure, Progress } from '../gateway/messages.ts';
import { stepOf } from '../gateway/outcomes.ts';
import type {
  CreateGatewayInput,
  CreateGatewayResult,
  Observation,
  Plan,
  EndedVersion,
} from '../gateway/plan.ts';
import type { GatewayVersion, Role } from '../gateway/resource.ts';
import { activities } from './activities.ts';
import { Compensation } from './compensation.ts';
import { revertLeftover, publishFailure } from './leftover.ts';
import { PairRequests } from './pair-requests.ts';
import type { Trial } from './pair-requests.ts';
import { ProgressLog } from './progress-log.ts';
import { failureTypeOf, isCancelled, reasonOf, withUndo } from './reason.ts';
import { checkRequest } from './request.ts';
import { describe, tellOutcome } from './search-attributes.ts';
import { Shield } from './shield.ts';

/** How many compensations a failure tells of. More than one or two come only of earlier runs that were left. */
export const COMPENSATION_LINES = 10;
/** How often a saga writes its records again. */
const MAX_RESTORED = 3;

export const progressQuery = defineQuery<Progress>(PROGRESS_QUERY);

export async function createGateway(input: CreateGatewayInput): Promise<CreateGatewayResult> {
  const request = checkRequest(input, workflowInfo().workflowId);
  const { resourceType, resourceId } = request;
  const log = new ProgressLog({ resourceType, resourceId, version: request.version ?? null });
  setHandler(progressQuery, () => log.progress, {
    description: 'How far the saga is, and what it waits for',
  });
  const shield = new Shield();
  return CancellationScope.nonCancellable(() => run(request, log, shield));
}

async function run(
  request: CreateGatewayInput,
  log: ProgressLog,
  shield: Shield,
): Promise<CreateGatewayResult> {
  // A plan writes nothing. So while etcd does not answer, a cancel ends the saga without a word in `/state`.
  const planned = await log
    .step('plan', 'etcd', () => shield.interruptible(() => activities.plan(request)))
    .catch((error: unknown) => {
      if (isCancellation(error)) log.tell({ outcome: 'cancelled' });
      throw error;
    });
  switch (planned.kind) {
    case 'ended': {
      const { ended, searchAttributes } = planned;
      const word = ended.workerState === 'CREATE_COMPLETED' ? 'created' : 'failed';
      describe({ gateway: ended.gateway, searchAttributes }, word);
      return resultOf(ended, log);
    }
    case 'refused':
      describe({ gateway: log.progress.gateway, searchAttributes: planned.searchAttributes }, 'failed');
      throw fail(log, null, planned.type, planned.reason, []);
    case 'invalid': {
      const error = ApplicationFailure.nonRetryable(planned.reason, FAILURES.InvalidGateway);
      describe(planned);
      return unwind(planned, log, new Compensation(), error, false);
    }
    case 'planned': {
      const { gateway, name, routers, limits } = planned.plan;
      log.tell({ gateway, name, limits, pair: [routers.primary.id, routers.secondary.id] });
      return saga(planned.plan, log, shield);
    }
  }
}

async function saga(first: Plan, log: ProgressLog, shield: Shield): Promise<CreateGatewayResult> {
  const compensation = new Compensation();
  let plan = first;
  let registered = false;
  try {
    describe(plan);
    shield.throwIfCancelled();
    plan = await register(plan, log);
    registered = true;
    const pair = new PairRequests(plan, log);
    // Registered even before the first request: after a reset the saga doesn't know which requests it has sent.
    compensation.add(`revert on ${pair.names}`, () => withRecords(plan, log, () => pair.compensate()));
    return await withRecords(plan, log, (again) => applyAndPublish(plan, log, shield, pair, again));
  } catch (error) {
    return unwind(plan, log, compensation, error, registered);
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

async function applyAndPublish(
  plan: Plan,
  log: ProgressLog,
  shield: Shield,
  pair: PairRequests,
  again: boolean,
): Promise<CreateGatewayResult> {
  shield.throwIfCancelled();
  const trial = await shield.interruptible(() => pair.apply(again));
  if (trial.name === 'complete') {
    tellOutcome(plan.searchAttributes, 'created');
    return resultOf({ gateway: plan.gateway, workerState: 'CREATE_COMPLETED', error: '' }, log);
  }
  let seen = await recordAndPoll(plan, log, shield, trial);
  await log.step('record monitoring', 'etcd', () => activities.recordMonitoring({ ...stepOf(plan), seen }));
  shield.throwIfCancelled();
  // From here on a cancel changes nothing. If a router fell back before it was confirmed, the answer names a new trial. Then the gateway
  // must be seen working again under that trial ("named trial", M3).
  for (
    let next = await pair.confirm(trial.name, seen);
    next !== null;
    next = await pair.confirm(next.name, seen)
  ) {
    seen = await pollBoth(plan, log, next);
  }
  await log.step('publish', 'etcd', () =>
    activities.publishCreated({ ...stepOf(plan), seen, jobs: plan.jobs }),
  );
  return created(plan, seen, log);
}

async function register(plan: Plan, log: ProgressLog): Promise<Plan> {
  for (;;) {
    const outcome = await log.step('register', 'etcd', () => activities.register(plan));
    if (outcome.kind === 'registered') return outcome.plan;
    await revertLeftover({ ...plan, ...outcome.left }, log);
  }
}

/**
 * Records the stack and polls at the same time, because the polls don't need the stack's record. If the record can't be written, the polls
 * are cancelled.
 */
async function recordAndPoll(
  plan: Plan,
  log: ProgressLog,
  shield: Shield,
  trial: Trial,
): Promise<Observation[]> {
  const recording = log.step('record', 'etcd', () => activities.recordStack(stepOf(plan)));
  const polling = shield.interruptible(() => pollBoth(plan, log, trial), recording);
  const [recorded, polled] = await Promise.allSettled([recording, polling]);
  if (recorded.status === 'rejected') throw recorded.reason;
  if (polled.status === 'rejected') throw polled.reason;
  return polled.value;
}

/** Lets both polls run to their ends, so that a failure can report both routers. */
async function pollBoth(plan: Plan, log: ProgressLog, { vrrp }: Trial): Promise<Observation[]> {
  if (vrrp !== undefined) log.tell({ vrrp });
  const limit = vrrp === undefined ? {} : { limitMs: vrrp.limitMs };
  const expected = vrrp === undefined ? '' : `, ${vrrpTimeText(vrrp)}`;
  const poll = (role: Role) => {
    const { id, name } = plan.routers[role];
    return log.step(
      `poll ${role}`,
      role === 'primary' ? `${name}${expected}` : name,
      () => activities.poll({ ...stepOf(plan), role, router: id, ...limit }, name),
      (seen) => seen.vrrp ?? 'no VRRP configured',
    );
  };
  const outcomes = await Promise.allSettled([poll('primary'), poll('secondary')]);
  const failed = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  const [first] = failed;
  if (first === undefined)
    return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (failed.some(isCancelled)) throw failed.find(isCancelled);
  throw ApplicationFailure.nonRetryable(
    oneLine(failed.map(reasonOf).join('; '), LENGTHS.message),
    failureTypeOf(first),
  );
}

/** Runs the compensations, publishes the failure in `/state`, and ends the workflow with the original error. */
async function unwind(
  at: Pick<Plan, 'gateway' | 'searchAttributes'> & Partial<Pick<Plan, 'run'>>,
  log: ProgressLog,
  compensation: Compensation,
  error: unknown,
  registered: boolean,
): Promise<CreateGatewayResult> {
  const reason = reasonOf(error);
  const failedUndos = await compensation.unwind();
  const clean = failedUndos.length === 0;
  const message = withUndo(reason, failedUndos);
  const input = { gateway: at.gateway, run: at.run ?? null, error: message, registered, clean };
  failedUndos.push(...(await publishFailure(input, log)));
  tellOutcome(at.searchAttributes, isCancellation(error) ? 'cancelled' : 'failed');
  if (isCancellation(error) && failedUndos.length === 0) {
    log.tell({ outcome: 'cancelled' });
    throw error;
  }
  throw fail(log, at.gateway, failureTypeOf(error), reason, failedUndos);
}

function created(plan: Plan, seen: readonly Observation[], log: ProgressLog): CreateGatewayResult {
  log.tell({ outcome: 'created' });
  tellOutcome(plan.searchAttributes, 'created');
  const of = (role: Role) => ({
    id: plan.routers[role].id,
    vrrp: seen.find((observation) => observation.role === role)?.vrrp ?? null,
  });
  return {
    ...plan.gateway,
    outcome: 'created',
    alreadyEnded: false,
    routers: { primary: of('primary'), secondary: of('secondary') },
  };
}

function resultOf(ended: EndedVersion, log: ProgressLog): CreateGatewayResult {
  const { gateway, workerState, error } = ended;
  log.tell({ gateway });
  if (workerState === 'CREATE_COMPLETED') {
    log.tell({ outcome: 'created' });
    return { ...gateway, outcome: 'created', alreadyEnded: true };
  }
  const reason = `version ${gateway.version} ended as ${workerState}${error === '' ? '' : ` (${error})`}; to try again, write a new version`;
  throw fail(log, gateway, FAILURES.AlreadyEnded, reason, []);
}

function fail(
  log: ProgressLog,
  gateway: GatewayVersion | null,
  type: GatewayFailure['type'],
  message: string,
  compensation: readonly string[],
): ApplicationFailure {
  const error = withUndo(message, compensation);
  log.tell({ outcome: 'failed', error });
  const lines = compensation.slice(0, COMPENSATION_LINES).map((line) => oneLine(line));
  const details: GatewayFailure = { type, gateway, message, compensation: lines };
  return ApplicationFailure.create({ type, message: error, nonRetryable: true, details: [details] });
}
