import { activityInfo } from '@temporalio/activity';
import { FAILURES } from '../../gateway/failures.ts';
import type { Leftover, PublishFailedInput, SeenInput, StepInput } from '../../gateway/outcomes.ts';
import { mergedWords } from '../../gateway/monitor-words.ts';
import type { MonitorWords } from '../../gateway/records.ts';
import { ROLES } from '../../gateway/resource.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { isKeptAt } from '../../etcd/plan-record.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { isComplete } from '../../etcd/state.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { heartbeating } from '../heartbeat.ts';
import { leftoverOf } from './leftover.ts';
import { refusalOf } from './not-owned.ts';
import { wordsOf } from './record.ts';
import { activeWords } from '../router/service.ts';
import { RefusedError } from '../refused.ts';
import { wakeWaiters } from '../wake-waiters.ts';

/**
 * Publishes in `/state` that the change was made, also if the configuration has moved on since. Fails with `Superseded` if `/state` has moved on, or
 * if the plan record does not say that both routers carry it for good.
 */
export function publishingCompleted(deps: Dependencies) {
  return (input: SeenInput): Promise<void> =>
    heartbeating(() => classified(() => publishCompleted(deps, input)));
}

/**
 * Publishes in `/state` why the change was not made, unless `/state` has this version or a newer one already. If an earlier run may
 * have left something on its routers, this publishes nothing and resolves to that run: it must be reverted and published first.
 */
export function publishingFailed(deps: Dependencies) {
  return (input: PublishFailedInput): Promise<Leftover | undefined> =>
    heartbeating(() => classified(() => publishFailed(deps, input, activityInfo().scheduledTimestampMs)));
}

/** Publishes in `/state` what an earlier run made permanent. */
export function publishingKept(deps: Dependencies) {
  return (gateway: GatewayVersion): Promise<void> =>
    heartbeating(() => classified(() => publishKept(deps, gateway)));
}

/** Writes into a run's plan record that both routers carry `before`. */
export function markingReverted({ store }: Dependencies) {
  return ({ gateway, run }: StepInput): Promise<void> =>
    classified(async () => {
      await store.markReverted(gateway, run, activityInfo().scheduledTimestampMs);
    });
}

export function publishCompleted(deps: Dependencies, input: SeenInput): Promise<void> {
  return publishMade(deps, input, wordsOf(input.seen));
}

async function publishMade(
  { store, policy }: Pick<Dependencies, 'store' | 'policy'>,
  { gateway, run, jobs, action }: Omit<SeenInput, 'seen'>,
  words: MonitorWords,
): Promise<void> {
  const outcome = await store.publish({
    gateway,
    run,
    outcome: { kind: 'completed', words, action },
    ...(jobs && { jobs }),
    retentionSeconds: policy.retentionSeconds,
  });
  const isMade =
    outcome.kind === 'published' || (outcome.kind === 'already' && isComplete(outcome.state, gateway));
  if (isMade && outcome.isAwaited) await wakeWaiters(store, gateway);
  if (isMade) return;
  if (outcome.kind === 'not kept' || outcome.kind === 'leftover' || outcome.kind === 'kept') throw notKept();
  if (outcome.kind !== 'already') throw refusalOf(outcome, gateway);
  const { version, workerState } = outcome.state;
  throw new RefusedError(FAILURES.Superseded, `/state has version ${version} (${workerState}) already`);
}

/**
 * Publishes what an earlier run made permanent, from its plan record alone. First writes into `job_state` whatever is missing there. The words are
 * those that were seen: a change is kept only after all its monitors were seen good on both routers.
 */
export async function publishKept(
  deps: Pick<Dependencies, 'store' | 'policy'>,
  gateway: GatewayVersion,
): Promise<void> {
  const { store } = deps;
  const record = await store.planRecord(gateway);
  if (!isKeptAt(record, gateway)) {
    if (!(await isPublished(store, gateway))) throw notKept();
    return wakeWaiters(store, gateway);
  }
  const { run, jobs, routers, action } = record as PlanRecord;
  const [primary, secondary] = ROLES.map((role) => activeWords(routers[role].after?.monitors ?? []));
  const words = mergedWords(primary ?? {}, secondary ?? {});
  await store.recordKept(gateway, run, words);
  await publishMade(deps, { gateway, run, jobs, action }, words);
}

/**
 * Whether an earlier attempt has published what was kept, although its answer was lost. The plan record of a deletion goes then, and so does `/state` if the
 * configuration had vanished.
 */
async function isPublished(store: Dependencies['store'], gateway: GatewayVersion): Promise<boolean> {
  const { wanted, state, plan } = await store.gateway(gateway);
  if (state === null) return wanted === null && plan === null;
  return isComplete(state, gateway);
}

function notKept(): RefusedError {
  const reason = 'its plan record does not say that it is permanent on both routers';
  return new RefusedError(FAILURES.Superseded, reason);
}

/** `scheduled`: when the saga's own call was scheduled, in ms since the epoch. Absent: the pair publishes on behalf of the saga. */
export async function publishFailed(
  { store, policy }: Dependencies,
  { gateway, run, waited, ...failure }: PublishFailedInput,
  scheduled?: number,
): Promise<Leftover | undefined> {
  const { registered, clean } = failure;
  if (registered && clean && run !== null) await store.markReverted(gateway, run, scheduled);
  const outcome = await store.publish({
    gateway,
    run,
    outcome: { kind: 'failed', scheduled, ...failure },
    retentionSeconds: policy.retentionSeconds,
    waited,
  });
  if (outcome.kind === 'leftover') return leftoverOf(store, outcome.record);
  if (outcome.kind === 'kept') {
    await publishKept({ store, policy }, gateway);
    return undefined;
  }
  // If somebody else published `/state` before, or an owed change was made since, the claims may still be held. Nobody else would free
  // them.
  const isFreed = registered && (await store.freeClaims(gateway));
  if (outcome.isAwaited || isFreed) await wakeWaiters(store, gateway);
  return undefined;
}
