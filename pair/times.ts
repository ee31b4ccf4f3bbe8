/** Times of a pair, the same for every worker, each with its reason, in milliseconds. How much a pair carries: `limits.ts`. */
export const PAIR_TIMES = {
  /**
   * How long the workflow of an idle pair keeps running. Its state ends with it, so a saga that missed its answer must have had time to
   * send its request again.
   */
  lingerMs: 150_000,
  /** How long after its last work the pair checks that every saga has published its `/state`. A saga needs some milliseconds for it. */
  publicationCheckMs: 10_000,
  /** How long the pair waits for verdicts if the routers gave no deadline. */
  verdictMaxMs: 20 * 60_000,
  /**
   * How long the pair waits before it looks whether its routers can make what they owe. The wait doubles up to a limit, which with the work
   * itself is below the two minutes within which a router that has come back makes it.
   */
  owedFirstMs: 30_000,
  owedMaxMs: 90_000,
  /** The limit while only a person can mend what is in the way. A wrong password that is tried every minute would lock the account. */
  owedSlowMaxMs: 15 * 60_000,
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
  /** How long a place is kept for a saga that was admitted at the door, twice over at most. It sleeps until its turn comes, which it can miss by some seconds. */
  keptMs: 20_000,
  /** How long a saga at the door sleeps between two requests, at least and at most. After the longest sleep it may be late by as much. */
  doorMinMs: 1_000,
  doorMaxMs: 10 * 60_000,
  /** How long a pair takes for one member, until it has measured it: a minute for a batch. */
  memberMs: 100,
  /**
   * How long a pair without a batch waits for company, if a gateway comes that was woken: its siblings were woken with it, and are on their way. A
   * batch more takes some seconds on the routers.
   */
  gatherMs: 500,
  /** Answers to sagas at the door are gathered for so long, because they are not urgent, and each activity that answers fills the history. */
  doorAnswerMs: 1_000,
  /** How often a worker checks that the pairs of its unanswered requests still run. */
  pairCheckMs: 2_000,
  /** How often it looks whether an operator holds one of their routers: the sagas' pages say so. */
  holdsLookMs: 10_000,
  /** How many pairs it checks each time: 25 a second at most. */
  pairsCheckedAtOnce: 50,
} as const;
