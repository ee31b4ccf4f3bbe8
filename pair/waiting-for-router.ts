/** A batch that has its reservation but not its routers: somebody works on one of them, or one is unreachable. */
import { apply, awaitRouters, enter, returnToQueue, undecided } from './batch.ts';
import type { PairLimits } from './limits.ts';
import { letGo, neverApplied } from './let-go.ts';
import type { Decision, PairEvent } from './events.ts';
import type { Batch, PairState } from './state.ts';

/**
 * Applying changed nothing on either router. A member that requested its revert meanwhile, and was never applied, leaves the batch at once.
 */
export function applyBlocked(
  state: PairState,
  batch: Batch,
  blocked: { readonly why: string; readonly lookedMs: number },
  now: number,
  limits: PairLimits,
): Decision {
  const ended = batch.members.flatMap((member) => {
    const { verdict, mayBeApplied } = member;
    return verdict?.kind === 'revert' && !mayBeApplied ? [neverApplied(member, verdict)] : [];
  });
  return letGo(state, batch, ended, (next, left) =>
    routersAwaited(next, enter(left, 'waiting for a router', now), blocked, now, limits),
  );
}

/**
 * Applies again once nothing is in the way, or every member has a verdict. If a router is held, the members go back to the queue: they wait for the end of
 * the hold without a reservation. Otherwise the batch waits for what is in the way now, in the next run if the workflow is about to continue as new.
 */
export function routersAwaited(
  state: PairState,
  before: Batch,
  { why, lookedMs, isHeld }: Omit<Extract<PairEvent, { kind: 'routers awaited' }>, 'kind'>,
  now: number,
  { paused }: PairLimits,
): Decision {
  const batch = { ...before, waitedMs: before.waitedMs + lookedMs };
  if (isHeld === true && undecided(batch).length > 0) return returnToQueue(state, batch, now);
  if (why === null || undecided(batch).length === 0) return apply(state, batch, now);
  const next = { ...batch, blockedBy: why };
  return {
    state: { ...state, batch: next },
    commands: paused === true ? [] : [awaitRouters(next)],
  };
}
