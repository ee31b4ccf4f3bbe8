/** What a pair's next run begins with, when its workflow continues as new. */
import { lastWithin } from './limits.ts';
import type { PairState } from './state.ts';

/**
 * Most bytes of remembered outcomes that the next run of the workflow begins with. A usual outcome has some 470 bytes, one with the longest
 * reasons has 8 kB.
 */
export const CARRIED_OUTCOMES_BYTES = 256 * 1024;

/** Most bytes of ends that are left to be published. An end that does not fit is published when its saga is started again. */
export const CARRIED_LEFT_BYTES = 64 * 1024;

/**
 * The state with which the next run of the workflow begins. Of the outcomes, it has the newest ones that fit. A workflow that was reset has forgotten
 * what it did after the point of the reset. So it can't know that a member was never applied, and neither can the runs after it until they have had a
 * reservation.
 */
export function carriedOver(whole: PairState, wasReset: boolean): PairState {
  const state = { ...whole, outcomes: lastWithin(CARRIED_OUTCOMES_BYTES, whole.outcomes) };
  if (!wasReset) return state;
  const outcomes = state.outcomes.filter(({ neverApplied }) => neverApplied !== true);
  return { ...state, recovered: false, outcomes };
}
