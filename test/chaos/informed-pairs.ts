/**
 * Who may be left that knows how a creation ended, when its workflow was terminated: its pair, once it was asked. A pair that was
 * terminated itself has forgotten; one that was reset has not.
 */

/** A run of a pair's workflow, as far as this matters. */
export interface PairRun {
  /** Id of the first run of those that went on from each other: continued as new, or reset. */
  readonly chain: string;
  readonly isTerminated: boolean;
  /** What it was asked, as text. */
  readonly asks: readonly string[];
}

/**
 * Whether a pair has to say in `/state` how that run of a creation ends, should nobody else.
 *
 * @param runs oldest first
 * @param token of the creation's run, as in its plan record
 */
export function isLeftToPair(runs: readonly PairRun[], token: string): boolean {
  const asked = runs.findLast(({ asks }) => asks.some((one) => one.includes(token)));
  if (asked === undefined) return false;
  return runs.findLast(({ chain }) => chain === asked.chain)?.isTerminated === false;
}
