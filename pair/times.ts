/** Limits and times of a pair that are the same for every worker, each with its reason. Milliseconds. */
export const PAIR_TIMES = {
  /** Gateways in one batch: one etcd transaction has 128 operations, one commit's check some seconds for so many. */
  batchLimit: 64,
  /** An idle pair ends; not before those who missed their answer, between two asks or two attempts of one, have asked again: with it goes its memory. */
  lingerMs: 150_000,
  /** So long after its last work it looks whether all have said in `/state` how they ended: a saga needs some ms for it. */
  publicationCheckMs: 10_000,
  /** Without a word on how long verdicts may take: an upper bound. */
  verdictMaxMs: 20 * 60_000,
  /** A step that failed for good is a defect: it is tried again rather than lost, but not in a hurry. */
  stepAgainMs: 30_000,
  /** While another has the turn: how often etcd is looked at, and how long before the reason is told again. */
  reservationPollMs: 300,
  reservationWaitMs: 30_000,
  /** An ask that was not answered for so long is asked again: its pair, and the worker that watched it, may be gone. */
  requestAgainMs: 60_000,
  /** Each time after twice as long as before, and so long at most: less than verdicts are waited for without a word. */
  requestAgainMaxMs: 16 * 60_000,
  /** While asks wait, a worker looks every so often whether their pairs are there, and at how many at once: 25 looks a second at most. */
  pairCheckMs: 2_000,
  pairsCheckedAtOnce: 50,
} as const;
