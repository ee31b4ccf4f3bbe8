/**
 * If a creation's workflow was terminated: does any workflow still know how the creation ended? Its pair knows, if the pair has got a request of that
 * creation. A pair that was terminated itself has forgotten; a pair that was reset has not.
 */

/** A run of a pair's workflow, as far as this matters. */
export interface PairRun {
  /** The id of the first run in the chain of runs that this one belongs to. A chain goes on by continuing as new, and by resets. */
  readonly chain: string;
  readonly isTerminated: boolean;
  /** The requests that it received, as text. */
  readonly requests: readonly string[];
}

/**
 * Whether a pair has to publish how that run of a creation ended, if its saga does not.
 *
 * @param runs oldest first
 * @param token the id of the creation's run, as in its plan record
 */
export function isLeftToPair(runs: readonly PairRun[], token: string): boolean {
  const requested = runs.findLast(({ requests }) => requests.some((one) => one.includes(token)));
  if (requested === undefined) return false;
  return runs.findLast(({ chain }) => chain === requested.chain)?.isTerminated === false;
}
