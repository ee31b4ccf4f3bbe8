import type { PairState } from './state.ts';

/**
 * What the next run goes on with. One that was reset has forgotten what it did since the point that it was reset to: that nothing of a
 * gateway is on the routers is then not for its memory to tell, nor for that of the runs after it, until they have had a turn.
 */
export function carried(state: PairState, wasReset: boolean): PairState {
  if (!wasReset) return state;
  return { ...state, recovered: false, outcomes: state.outcomes.filter(({ neverApplied: neverApplied }) => neverApplied !== true) };
}
