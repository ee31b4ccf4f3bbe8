/** Every limit, interval and retry, each with its reason. A plan carries the policy it was made under. */

export interface Policy {
  /** The first look is at once; then one every so many milliseconds. */
  readonly vrrpIntervalMs: number;
  /** VRRP elects within 3 to 4 advertisement intervals (RFC 5798 §6.1); a minute leaves room for a busy router. */
  readonly vrrpLimitMs: number;
  /** How long an unreachable or locked router is waited for before the saga gives up and unwinds. */
  readonly patienceMs: number;
  /** The undo has to be more stubborn than the doing: how long a router that must be cleaned is waited for. */
  readonly undoPatienceMs: number;
  /** How long job records and `job_state` stay readable after the end, in seconds. */
  readonly retentionSeconds: number;
  /** Write `null` instead of passwords into the job records. */
  readonly redactJobs: boolean;
}

export const DEFAULT_POLICY: Policy = {
  vrrpIntervalMs: 1_000,
  vrrpLimitMs: 60_000,
  patienceMs: 5 * 60_000,
  undoPatienceMs: 60 * 60_000,
  retentionSeconds: 24 * 60 * 60,
  redactJobs: false,
};

/** Deadlines of a router's answers, in milliseconds. */
export const ROUTER_DEADLINES = {
  /** TCP, key exchange and authentication. */
  connectMs: 15_000,
  /** Everything that only reads or edits the candidate. */
  requestMs: 30_000,
  /** A commit on a large configuration takes tens of seconds, on two routing engines twice that. */
  commitMs: 120_000,
} as const;
