/** Times of a pair, the same for every worker, each with its reason, in milliseconds. How much a pair carries: `limits.ts`. */
export const PAIR_TIMES = {
  /** How long a task of the pair's workflow may take. */
  taskMs: 30_000,
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
   * How long the pair first waits before it looks whether its routers can make what they owe. Each further wait is twice as long, up to a limit. The
   * longest wait and the work itself together stay below two minutes: within that time, a router that has come back makes what it owes.
   */
  owedFirstMs: 30_000,
  owedMaxMs: 90_000,
  /** The limit of the wait while only a person can mend what is in the way. A wrong password that is tried every minute would lock the account. */
  owedSlowMaxMs: 15 * 60_000,
  /**
   * First pause before the pair repeats a step that failed with an error that is not retried; each further one is twice as long, up to 15 minutes. Such an
   * error is a defect: the step must not be lost, but it is not urgent.
   */
  stepAgainMs: 30_000,
  /** How often etcd is read while another pair has a router reserved. */
  reservationPollMs: 300,
  /** After this time, an activity that waits returns even if the reason for waiting has not changed. */
  reservationWaitMs: 30_000,
  /**
   * A saga without an answer sends its request again. The time between two requests doubles up to this limit. The limit is below
   * `verdictMaxMs`, so that a repeated request reaches the pair before the time for verdicts is over.
   */
  requestAgainMaxMs: 16 * 60_000,
  /**
   * How long the pair keeps a place for a saga whose ticket may enter: at least this long, and at most twice as long. The saga sleeps until its turn
   * should come, and can be some seconds late.
   */
  keptMs: 20_000,
  /** How long a saga at the door sleeps between two requests, at least and at most. A saga that sleeps longest may come that much too late. */
  doorMinMs: 1_000,
  doorMaxMs: 10 * 60_000,
  /** How long a pair is taken to need for one member, until it has measured a batch. */
  memberMs: 100,
  /**
   * How long a pair without a batch waits for company when a gateway comes that was woken: its siblings were woken with it, and are on their way. The
   * wait saves a further batch, which would take some seconds on the routers.
   */
  gatherMs: 500,
  /** How long answers to sagas at the door are gathered. They are not urgent, and each activity that answers fills the history. */
  doorAnswerMs: 1_000,
  /**
   * How long after a signal to a pair a worker sends it the next one at the earliest, once there were several: with requests to apply, and with verdicts, which
   * a batch waits for. The workflow can decide, and continue as new, between two signals.
   */
  applySignalMs: 500,
  verdictSignalMs: 200,
  /** How often a worker checks that the pairs of its unanswered requests still run. */
  pairCheckMs: 2_000,
  /** How often a worker looks whether an operator holds a router of one of these pairs. The sagas' pages show the hold. */
  holdsLookMs: 10_000,
  /** How many pairs a worker checks each time. With `pairCheckMs` that is 25 a second at most. */
  pairsCheckedAtOnce: 50,
} as const;
