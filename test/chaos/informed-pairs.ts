/**
 * Whether any workflow still knows how a creation ended whose workflow was terminated: its pair does, once it got a request. A pair that was
 * terminated itself has forgotten; one that was reset has not.
 */

/** A run of a pair's workflow, as far as this matters. */
export interface PairRun {
  /** Id of the first run of those that went on from each other: continued as new, or reset. */
  readonly chain: string;
  readonly isTerminated: boolean;
  /** The requests that it received, as text. */
  readonly requests: readonly string[];
}

/**
 * Whether a pair has to publish how that run of a creation ended, if its saga does not.
 *
 * @param runs oldest first
 * @param token of the creation's run, as in its plan record
 */
export function isLeftToPair(runs: readonly PairRun[], token: string): boolean {
  const requested = runs.findLast(({ requests }) => requests.some((one) => one.includes(token)));
  if (requested === undefined) return false;
  return runs.findLast(({ chain }) => chain === requested.chain)?.isTerminated === false;
}
