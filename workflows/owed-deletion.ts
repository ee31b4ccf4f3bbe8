/**
 * Waits until a deletion that one router makes, and that the other one is to owe, is decided. The deletion is the run's own, or an earlier run has begun
 * it. Then it has to be decided before anything else of the gateway is.
 */
import { sleep } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import { stepOf } from '../gateway/outcomes.ts';
import type { Leftover, OwedDeletionInput, OwedDeletionOutcome } from '../gateway/outcomes.ts';
import type { OweRequest } from '../gateway/plan.ts';
import { ROLES } from '../gateway/resource.ts';
import { activities } from './activities.ts';
import { pauses } from './again.ts';
import type { RevertOutcome } from './pair-requests.ts';
import type { ProgressLog } from './progress-log.ts';
import { failureTypeOf } from './reason.ts';

/** The first pause after a failure that says nothing of how the deletion ended, in ms. */
const AGAIN_MS = 30_000;

/**
 * Waits until a deletion that an earlier run has begun is decided, and publishes it if it was made. Nobody else publishes it, because the workflow of
 * that run has ended. A deletion that can't be found any more has ended in another way.
 */
export async function endLeftover(left: Leftover, owe: OweRequest, log: ProgressLog): Promise<RevertOutcome> {
  const { first, input } = routersIn(left, owe);
  try {
    const outcome = await log.step('delete', first.name, () => decided(first, input));
    if (outcome.kind === 'owed') return { kind: 'owed', why: owedText(first, outcome.why) };
    if (outcome.kind === 'given up') return { kind: 'reverted' };
    await log.step('publish', 'etcd', () => activities.publishKept(left.gateway));
    return { kind: 'complete', why: 'it is deleted' };
  } catch (error) {
    const type = failureTypeOf(error);
    if (type === FAILURES.Superseded || type === FAILURES.RecordsGone)
      return { kind: 'complete', why: 'it has ended' };
    throw error;
  }
}

/** `first`: the router that makes the deletion. `named`: the router that is to owe it. `input`: of the activities that work on the deletion. */
export function routersIn({ gateway, run, routers }: Leftover, owe: OweRequest) {
  const both = ROLES.map((role) => routers[role]);
  const named = both.find(({ id }) => id === owe.router) ?? routers.primary;
  const first = both.find(({ id }) => id !== owe.router) ?? routers.secondary;
  const ids = [first.id, named.id].sort() as [string, string];
  return { first, named, input: { ...stepOf({ gateway, run }), owe, routers: ids } };
}

export function owedText({ name }: { readonly name: string }, why: string): string {
  return `owed on ${name} (${why})`;
}

/**
 * Waits until the router that makes the deletion has made it, or the deletion is given up. If that router is away for longer than `patienceMs`, the outcome
 * is `owed`.
 */
export async function decided(
  { name }: { readonly name: string },
  input: OwedDeletionInput,
): Promise<Exclude<OwedDeletionOutcome, { kind: 'undecided' }>> {
  const since = Date.now();
  const pause = pauses(AGAIN_MS);
  for (;;) {
    try {
      const outcome = await activities.awaitOwedDeletion({ ...input, since }, name);
      if (outcome.kind !== 'undecided') return outcome;
    } catch (error) {
      if (failureTypeOf(error) !== FAILURES.StoreCorrupt) throw error;
      await sleep(pause.next().value);
    }
  }
}
