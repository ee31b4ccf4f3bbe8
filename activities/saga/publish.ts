import { activityInfo } from '@temporalio/activity';
import { FAILURES } from '../../gateway/failures.ts';
import type { Leftover, PublishFailedInput, SeenInput, StepInput } from '../../gateway/outcomes.ts';
import { isComplete } from '../../etcd/state.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { leftoverOf } from './leftover.ts';
import { refusalOf } from './not-owned.ts';
import { wordsOf } from './record.ts';
import { RefusedError } from '../refused.ts';

/**
 * Publishes in `/state` that the change was made. Fails with `Superseded` if the configuration or `/state` has moved on, or if the
 * gateway is no longer permanent on both routers.
 */
export function publishingCompleted(deps: Dependencies) {
  return (input: SeenInput): Promise<void> => classified(() => publishCompleted(deps, input));
}

/**
 * Publishes in `/state` why the change was not made, unless `/state` has this version or a newer one already. If an earlier run may
 * have left something on its routers, this publishes nothing and resolves to that run: it must be reverted and published first.
 */
export function publishingFailed(deps: Dependencies) {
  return (input: PublishFailedInput): Promise<Leftover | undefined> =>
    classified(() => publishFailed(deps, input, activityInfo().scheduledTimestampMs));
}

/** Writes into a run's plan record that both routers carry `before`. */
export function markingReverted({ store }: Dependencies) {
  return ({ gateway, run }: StepInput): Promise<void> =>
    classified(async () => {
      await store.markReverted(gateway, run, activityInfo().scheduledTimestampMs);
    });
}

export async function publishCompleted(
  { store, policy }: Dependencies,
  { gateway, run, seen, jobs }: SeenInput,
): Promise<void> {
  const outcome = await store.publish({
    gateway,
    run,
    outcome: { kind: 'completed', words: wordsOf(seen) },
    ...(jobs && { jobs }),
    retentionSeconds: policy.retentionSeconds,
  });
  if (outcome.kind === 'published') return;
  if (outcome.kind === 'not kept' || outcome.kind === 'leftover' || outcome.kind === 'kept')
    throw new RefusedError(FAILURES.Superseded, 'it is not permanent on both routers any more');
  if (outcome.kind !== 'already') throw refusalOf(outcome, gateway);
  if (isComplete(outcome.state, gateway)) return;
  const { version, workerState } = outcome.state;
  throw new RefusedError(FAILURES.Superseded, `/state has version ${version} (${workerState}) already`);
}

/** `scheduled`: when the saga's own call was scheduled, in ms since the epoch. Absent: the pair publishes on behalf of the saga. */
export async function publishFailed(
  { store, policy }: Dependencies,
  { gateway, run, error, registered, clean, action }: PublishFailedInput,
  scheduled?: number,
): Promise<Leftover | undefined> {
  if (registered && clean && run !== null) await store.markReverted(gateway, run, scheduled);
  const outcome = await store.publish({
    gateway,
    run,
    outcome: { kind: 'failed', error, registered, clean, scheduled, action },
    retentionSeconds: policy.retentionSeconds,
  });
  if (outcome.kind === 'leftover') return leftoverOf(store, outcome.record);
  // Its pair publishes that the change was made.
  if (outcome.kind === 'kept') return undefined;
  // If somebody else published `/state` before, or an owed change was made since, the claims may still be held. Nobody else would free
  // them.
  if (registered) await store.freeClaims(gateway);
  return undefined;
}
