/** A batch whose router a person has retired: no reservation begins there until the router is readmitted. */
import { FAILURES } from '../gateway/failures.ts';
import { PAIR_LIMITS } from './limits.ts';
import type { PairLimits } from './limits.ts';
import { letGo, neverApplied } from './let-go.ts';
import { reservationBlocked } from './owing.ts';
import type { Decision } from './events.ts';
import type { Batch, PairState } from './state.ts';

/**
 * Members that were never applied end: nothing of them is on the routers. A member that may have been applied stays until the router is
 * readmitted, because only a look can tell how it ended ("failed is looked at too", T6).
 */
export function routerRetired(
  state: PairState,
  batch: Batch,
  { why, isOlder }: { readonly why: string; readonly isOlder?: true },
  now: number,
  limits: PairLimits,
): Decision {
  const all = isOlder === true ? batch.members : [...batch.members, ...state.waiting];
  const ended = all
    .filter(({ mayBeApplied }) => !mayBeApplied)
    .slice(0, PAIR_LIMITS.remembered)
    .map((member) => neverApplied(member, { type: FAILURES.RouterRetired, reason: why }));
  return letGo(state, batch, ended, (next, left) => reservationBlocked(next, left, { why }, now, limits));
}
