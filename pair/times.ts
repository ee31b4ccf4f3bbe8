/** Limits and times of a pair, the same for every worker, each with its reason. Times are milliseconds. */
export const PAIR_TIMES = {
  /** Gateways in one batch. An etcd transaction holds 128 operations, and a router's check of so many gateways takes some seconds. */
  batchLimit: 64,
  /**
   * How long the workflow of an idle pair keeps running. Its state ends with it, so a saga that missed its answer must have had time to
   * send its request again.
   */
  lingerMs: 150_000,
  /** How long after its last work the pair checks that every saga has published its `/state`. A saga needs some milliseconds for it. */
  publicationCheckMs: 10_000,
  /** How long the pair waits for verdicts if the routers gave no deadline. */
  verdictMaxMs: 20 * 60_000,
  /** Pause before the pair repeats a step that failed with an error that is not retried. Such an error is a defect: the step must not be lost, but is not urgent. */
  stepAgainMs: 30_000,
  /** How often etcd is read while another pair has a router reserved. */
  reservationPollMs: 300,
  /** After how long an activity that waits returns, although the reason for waiting has not changed. */
  reservationWaitMs: 30_000,
  /**
   * A saga without an answer sends its request again. The time between two requests doubles up to this limit. The limit is below
   * `verdictMaxMs`, so that a repeated request reaches the pair before the time for verdicts is over.
   */
  requestAgainMaxMs: 16 * 60_000,
  /** How often a worker checks that the pairs of its unanswered requests still run. */
  pairCheckMs: 2_000,
  /** How many pairs it checks each time: 25 a second at most. */
  pairsCheckedAtOnce: 50,
} as const;
