/**
 * The saga of one change of a gateway: plan, register, apply, record, poll, confirm, publish. For everything that changes the routers it sends a request
 * to their pair (`router-pair.ts`), which changes the routers for many gateways at once. A deletion that one router is to owe is the exception
 * (`delete-without.ts`). A deletion has nothing to poll. An update that changes nothing on the routers asks nothing of the pair.
 *
 * 1. A compensation is registered before its step.
 * 2. No step that changes something is cancelled half-way. The saga notices a cancel between two steps, and while it plans, waits for another gateway,
 *    waits for the answer to `apply`, or polls. Once it has requested the pair to confirm the change, a cancel changes nothing ("point of no return",
 *    M5).
 * 3. The saga writes `/state` of its version at most once, at the end, whether it succeeds or fails.
 * 4. The saga reports the original error. A failed compensation is reported beside it.
 * 5. If a parent or a child has to end its change first, the saga waits for it before it claims anything (`waiting.ts`).
 * 6. If a newer version is wanted, the work on this one stops as by a cancel, and the workflow goes on with the newer one (`go-on.ts`).
 */
import {
  ApplicationFailure,
  CancellationScope,
  defineQuery,
  isCancellation,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { assertReadable } from '../gateway/carried.ts';
import type { Action } from '../gateway/change.ts';
import { FAILURES } from '../gateway/failures.ts';
import { PROGRESS_QUERY } from '../gateway/messages.ts';
import type { Progress } from '../gateway/messages.ts';
import type { GatewayRequest, GatewayResult, Plan, PlanInput, Superseding, Waited } from '../gateway/plan.ts';
import { COMPLETED } from '../gateway/records.ts';
import { activities } from './activities.ts';
import { Compensation } from './compensation.ts';
import { deletedNothing, endedOf, fail, resultOf, unwind } from './ends.ts';
import { endsWith, goOn, goOnWaiting, ownEnd, refuse } from './go-on.ts';
import { confirmAndPublish } from './confirm.ts';
import { deleteWithout } from './delete-without.ts';
import { PairRequests } from './pair-requests.ts';
import type { Trial } from './pair-requests.ts';
import { ProgressLog } from './progress-log.ts';
import { failureTypeOf } from './reason.ts';
import { publishKept, publishNothing, publishUnchanged } from './publish.ts';
import { register } from './register.ts';
import { checkRequest } from './request.ts';
import { describe, tellOutcome } from './search-attributes.ts';
import { seenAgain } from './see-working.ts';
import { tellEnd } from './sinks.ts';
import { Shield } from './shield.ts';
import { Waiting } from './waiting.ts';
import { Wanted, workOf } from './wanted.ts';
import { withRecords } from './with-records.ts';

export const progressQuery = defineQuery<Progress>(PROGRESS_QUERY);

export function createGateway(input: GatewayRequest): Promise<GatewayResult> {
  return changeGateway(input, { action: 'create' });
}

export function updateGateway(input: GatewayRequest): Promise<GatewayResult> {
  return changeGateway(input, { action: 'update' });
}

export function deleteGateway(input: GatewayRequest): Promise<GatewayResult> {
  return changeGateway(input, { action: 'delete' });
}

/** Does whatever the configuration asks for. `superseding`: this run goes on in place of a run that worked on an older version. */
export async function applyGateway(input: GatewayRequest, superseding?: Superseding): Promise<GatewayResult> {
  if (superseding !== undefined) assertReadable('newer version', superseding);
  return changeGateway(input, superseding === undefined ? {} : { superseding });
}

/** The patch that marks runs which an older release has ended: those look only if they heard of a trial. */
const LOOKS_AGAIN = 'a saga looks again if a router may have carried what was reverted';

/** The parts of one run. */
interface Run {
  readonly log: ProgressLog;
  readonly shield: Shield;
  readonly wanted: Wanted;
  readonly waiting: Waiting;
}

async function changeGateway(
  input: GatewayRequest,
  { action, superseding }: { readonly action?: Action; readonly superseding?: Superseding },
): Promise<GatewayResult> {
  const shield = new Shield();
  const wanted = new Wanted(shield);
  const waiting = new Waiting();
  const { workflowId } = workflowInfo();
  const request = checkRequest(input, workflowId);
  if (request instanceof ApplicationFailure) return refuse(request, workflowId, wanted);
  const { resourceType, resourceId } = request;
  const waited = superseding?.waited;
  const log = new ProgressLog({ resourceType, resourceId, version: request.version ?? null });
  setHandler(progressQuery, () => log.progress, {
    description: 'How far the saga is, and what it waits for',
  });
  log.listen();
  return CancellationScope.nonCancellable(async () => {
    if (superseding !== undefined) {
      log.tell({ ends: superseding.ends });
      tellOutcome(superseding.searchAttributes, 'running');
      if (waited === undefined) await wanted.quietDown();
    }
    const ended = await endedOf(
      run(
        { ...request, ...(action && { action }), ...(waited && { waited }) },
        { log, shield, wanted, waiting },
      ),
    );
    await wanted.answered();
    // Nothing is awaited from this look to the end of the run. So whatever is signalled meanwhile makes the server run this task again.
    const before = superseding?.ends ?? [];
    const { newer } = wanted;
    tellEnd(log, { ...(action && { action }), ...wanted.work }, ended);
    if (newer === undefined || shield.isCancelled) return ownEnd(ended, before);
    const { searchAttributes } = log;
    if (ended.kind === 'failed' && failureTypeOf(ended.error) === FAILURES.Superseded) {
      log.tell({ outcome: 'superseded' });
      tellOutcome(searchAttributes, 'superseded');
    }
    const ends = endsWith(before, log.progress.gateway.version, ended, newer);
    return goOn(request, { ends, searchAttributes });
  });
}

async function run(request: PlanInput, work: Run): Promise<GatewayResult> {
  const { log, shield, wanted } = work;
  wanted.beginPlan(request.version);
  const plan = () => activities.plan(request);
  // A plan writes nothing. So while etcd does not answer, a cancel ends the saga without a word in `/state`. But what an earlier run has written in order to
  // wait has to go.
  const planned = await log
    .step('plan', 'etcd', () => (request.waited === undefined ? shield.interruptible(plan) : plan()))
    .catch((error: unknown) => {
      if (isCancellation(error)) log.tell({ outcome: 'cancelled' });
      wanted.worksOn({ gateway: request, version: null });
      throw error;
    });
  const { searchAttributes } = planned.kind === 'planned' ? planned.plan : planned;
  log.searchAttributes = searchAttributes;
  wanted.worksOn({ gateway: request, ...workOf(planned) });
  switch (planned.kind) {
    case 'ended':
      return resultOf(planned.ended, searchAttributes, log);
    case 'refused':
      await wanted.answered();
      // Only the requested version is refused. If a newer version is wanted, the requested one was superseded before it was planned.
      if (isNewer(wanted.newer, request.version))
        throw fail(log, null, FAILURES.Superseded, `superseded by version ${wanted.newer}`, []);
      describe({ gateway: log.progress.gateway, searchAttributes }, 'failed');
      throw fail(log, null, planned.type, planned.reason, []);
    case 'invalid': {
      const error = ApplicationFailure.nonRetryable(planned.reason, planned.type ?? FAILURES.InvalidGateway);
      describe(planned);
      return unwind(planned, log, new Compensation(), error, { registered: false });
    }
    case 'kept':
      describe(planned);
      return publishKept(planned, log);
    case 'nothing': {
      describe({ ...planned, action: 'delete' });
      log.tell({ gateway: planned.gateway, action: 'delete' });
      const isPublished = (await publishNothing(planned, log)) === 'published';
      return isPublished ? deletedNothing(planned, log) : replanned(planned, request, work);
    }
    case 'planned': {
      const { gateway, action, standing, name, routers, limits } = planned.plan;
      const pair: Progress['pair'] = [routers.primary.id, routers.secondary.id];
      log.pairNames = [routers.primary.name, routers.secondary.name];
      log.tell({ gateway, action, ...(standing !== null && { standing }), name, limits, pair });
      return saga(planned.plan, request, work);
    }
  }
}

/** Plans again, because something else stands on the routers than the plan was made from. */
function replanned(
  { replaces }: Pick<Plan, 'replaces'>,
  request: PlanInput,
  work: Run,
): Promise<GatewayResult> {
  return run({ ...request, waited: undefined, ...(replaces !== undefined && { replaces }) }, work);
}

function isNewer(newer: number | undefined, asked: number | undefined): boolean {
  return newer !== undefined && asked !== undefined && newer > asked;
}

/** Carries a plan out. Another plan's end is that plan's own: nothing of this one is unwound for it. */
async function saga(plan: Plan, request: PlanInput, work: Run): Promise<GatewayResult> {
  const outcome = await carryOut(plan, request.waited, work);
  if (outcome === 'replan') return replanned(plan, request, work);
  if (!('waited' in outcome)) return outcome;
  const { searchAttributes, progress } = work.log;
  const { ends = [] } = progress;
  return goOnWaiting(request, { ends, searchAttributes, waited: outcome.waited });
}

/**
 * Resolves to `replan` if something else stands on the routers than the plan was made from, or to the wait with which another run is to go on.
 * `before`: the wait of the run before this one.
 */
async function carryOut(
  first: Plan,
  before: Waited | undefined,
  work: Run,
): Promise<GatewayResult | 'replan' | { readonly waited: Waited }> {
  const { log, shield, wanted, waiting } = work;
  const compensation = new Compensation();
  let plan = first;
  let registered = false;
  let waited = before;
  let pair: PairRequests | undefined;
  let trial: Trial | undefined;
  try {
    describe(plan);
    // What was signalled while the plan was made is answered first: nothing is registered for a version that is not wanted any more.
    await wanted.answered();
    shield.throwIfStopped();
    const outcome = await register(plan, work, waited, (written) => (waited = written));
    if (outcome.kind === 'waits as new') return outcome;
    if (outcome.kind === 'kept') return await publishKept(plan, log);
    if (outcome.kind === 'replan') return 'replan';
    plan = outcome.plan;
    registered = true;
    if (plan.owe !== undefined) return await deleteWithout(plan, plan.owe, { log, shield, compensation });
    if (plan.unchanged) return await withRecords(plan, log, () => publishUnchanged(plan, log, shield));
    const requests = new PairRequests(plan, log, before !== undefined || waiting.wakes > 0);
    pair = requests;
    // The compensation is registered even before the first request: after a reset the saga doesn't know which requests it has sent.
    compensation.add(`revert on ${requests.names}`, async () => {
      await withRecords(plan, log, () => requests.compensate());
    });
    return await withRecords(plan, log, async (again) => {
      shield.throwIfStopped();
      trial = await shield.interruptible(() => requests.apply(again));
      return trial.name === 'complete'
        ? resultOf({ ...plan, workerState: COMPLETED[plan.action], error: '' }, plan.searchAttributes, log)
        : confirmAndPublish(plan, log, shield, requests, trial);
    });
  } catch (error) {
    const restored = () =>
      seenAgain(plan, log, shield, trial ?? (pair?.mayHaveStood && patched(LOOKS_AGAIN) ? {} : undefined));
    return unwind(plan, log, compensation, error, { registered, restored, waited });
  }
}
