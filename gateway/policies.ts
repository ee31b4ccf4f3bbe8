/** Every limit, interval, time-out and retry, each with its reason. The first part can be set per worker. */

/**
 * `required`: a router without confirmed commits gets nothing. `preferred`: it is committed to plainly; what a worker that dies has
 * committed is reverted by the next one. `never`: plainly in any case.
 */
export type ConfirmPolicy = 'required' | 'preferred' | 'never';
const CONFIRM_POLICIES: readonly unknown[] = ['required', 'preferred', 'never'] satisfies ConfirmPolicy[];

export interface Policy {
  /** The first look is at once; then one every so many milliseconds. */
  readonly vrrpIntervalMs: number;
  /** VRRP elects within 3 to 4 advertisement intervals (RFC 5798 §6.1); a minute leaves room for a busy router. */
  readonly vrrpLimitMs: number;
  /** How long an unreachable or locked router is waited for before the saga gives up and unwinds. */
  readonly patienceMs: number;
  /** How long a pair tries to settle before a router that it can't reach owes the inverse change. A deadline and a look after it must fit in. */
  readonly settlePatienceMs: number;
  /** After how many minutes a router takes back what was not confirmed. `trialTime` says what must fit in. */
  readonly confirmMinutes: number;
  /** The length of such a minute, in ms: shorter on simulated routers only. */
  readonly minuteMs: number;
  /** No confirm is sent so shortly before the deadline: one that arrives after it confirms nothing (T2). The margin is for clocks that differ. */
  readonly confirmMarginMs: number;
  /** How long after the deadline a router has fallen back, if it will. Rollbacks were seen up to 45 s late, and take a commit's time (T2). */
  readonly fallbackGraceMs: number;
  /** Whether a router must offer commits that fall back by themselves: by router id, `*` for all others. */
  readonly confirm: Readonly<Record<string, ConfirmPolicy>>;
  /** How long job records and `job_state` stay readable after the end, in seconds. */
  readonly retentionSeconds: number;
  /** Write `null` instead of passwords into the job records. */
  readonly redactJobs: boolean;
}

export const DEFAULT_POLICY: Policy = {
  vrrpIntervalMs: 1_000,
  vrrpLimitMs: 60_000,
  patienceMs: 5 * 60_000,
  settlePatienceMs: 12 * 60_000,
  confirmMinutes: 5,
  minuteMs: 60_000,
  confirmMarginMs: 45_000,
  fallbackGraceMs: 120_000,
  confirm: { '*': 'required' },
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

/** How Temporal runs each sort of activity. Attempts are not counted: the activity itself knows when patience ends. */
export const ACTIVITY_TIMES = {
  /** etcd only. Short, so that a killed worker's step is taken up soon; retried for as long as etcd is away. */
  store: {
    startToCloseTimeout: 20_000,
    retry: { initialInterval: 250, backoffCoefficient: 2, maximumInterval: 10_000 },
  },
  /**
   * Works on a pair of routers: connect, prepare and commit, each with its own deadline above. The missing heartbeat tells that a worker is
   * gone.
   */
  routers: {
    startToCloseTimeout: 10 * 60_000,
    heartbeatTimeout: 12_000,
    retry: { initialInterval: 1_000, backoffCoefficient: 1.5, maximumInterval: 20_000 },
  },
  /**
   * The pair answers it in its own time. A request without an answer is sent again, first after this time-out and then after twice as long
   * each time: its pair, or the worker that sent it, may be gone (M4).
   */
  request: {
    startToCloseTimeout: 60_000,
    retry: { initialInterval: 500, backoffCoefficient: 2, maximumInterval: 10_000 },
  },
  /** Waits for a reservation, a while at a time. */
  reservation: {
    startToCloseTimeout: 90_000,
    heartbeatTimeout: 12_000,
    retry: { initialInterval: 250, backoffCoefficient: 2, maximumInterval: 10_000 },
  },
  /** Looks every `vrrpIntervalMs` for at most `vrrpLimitMs`, which `checkPolicy` keeps below the time-out. */
  poll: {
    startToCloseTimeout: 30 * 60_000,
    heartbeatTimeout: 12_000,
    retry: { initialInterval: 500, backoffCoefficient: 1.5, maximumInterval: 5_000 },
  },
} as const;

/** How often a working activity says that it is alive: several times within the heartbeat time-out. */
export const HEARTBEAT_MS = 3_000;

/** Wrong credentials are tried this often before the saga gives up: more could lock the account. */
export const AUTHENTICATION_ATTEMPTS = 3;

/** Reads a policy given as JSON, over the defaults. Throws an `Error` that names the field, what was expected and what came. */
export function checkPolicy(given: Readonly<Record<string, unknown>>): Policy {
  const policy: Record<string, unknown> = { ...DEFAULT_POLICY };
  for (const [field, value] of Object.entries(given)) {
    const standard = policy[field];
    if (standard === undefined)
      throw new Error(
        `policy: unknown field "${field}"; known are ${Object.keys(DEFAULT_POLICY).join(', ')}`,
      );
    if (field === 'confirm') {
      policy[field] = { ...DEFAULT_POLICY.confirm, ...checkConfirm(value) };
      continue;
    }
    const good =
      typeof standard === 'number'
        ? Number.isSafeInteger(value) && Number(value) > 0
        : typeof value === typeof standard;
    if (!good)
      throw new Error(
        `policy: field "${field}": expected ${typeof standard === 'number' ? 'a positive whole number' : 'true or false'}, got ${JSON.stringify(value)}`,
      );
    policy[field] = value;
  }
  const checked = policy as unknown as Policy;
  assertInTime(checked);
  const limit = ACTIVITY_TIMES.poll.startToCloseTimeout / 2;
  if (checked.vrrpLimitMs > limit)
    throw new Error(`policy: field "vrrpLimitMs": expected at most ${limit}, got ${checked.vrrpLimitMs}`);
  const interval = ACTIVITY_TIMES.poll.heartbeatTimeout / 2;
  if (checked.vrrpIntervalMs > interval)
    throw new Error(
      `policy: field "vrrpIntervalMs": expected at most ${interval}, got ${checked.vrrpIntervalMs}`,
    );
  return checked;
}

/** How long the pair waits for verdicts once a batch is on trial (T11), in ms: VRRP, and two workers that die meanwhile. */
export function verdictTime({ vrrpLimitMs }: Policy): number {
  return vrrpLimitMs + ACTIVITY_TIMES.routers.heartbeatTimeout + ACTIVITY_TIMES.poll.heartbeatTimeout;
}

/** The longest time between the permission of a commit on trial and its confirmation, in ms. */
export function trialTime(policy: Policy): number {
  return ROUTER_DEADLINES.commitMs + verdictTime(policy) + policy.confirmMarginMs;
}

/** Checks the numbers that must fit into each other. */
function assertInTime(policy: Policy): void {
  const deadline = policy.confirmMinutes * policy.minuteMs;
  const needed = trialTime(policy);
  if (deadline < needed)
    throw new Error(
      `policy: field "confirmMinutes": expected at least ${Math.ceil(needed / policy.minuteMs)} minutes of ${policy.minuteMs} ms, for a commit, a worker's restart, "vrrpLimitMs" and "confirmMarginMs", got ${policy.confirmMinutes}`,
    );
  const settled = deadline + policy.fallbackGraceMs + ROUTER_DEADLINES.commitMs;
  if (policy.settlePatienceMs < settled)
    throw new Error(
      `policy: field "settlePatienceMs": expected at least ${settled}, for "confirmMinutes", "fallbackGraceMs" and a commit, got ${policy.settlePatienceMs}`,
    );
}

function checkConfirm(value: unknown): Policy['confirm'] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const bad = entries.find(([, word]) => !CONFIRM_POLICIES.includes(word));
  if (entries.length === 0 || bad)
    throw new Error(
      `policy: field "confirm": expected ${CONFIRM_POLICIES.join(', ')} by router id or "*", got ${JSON.stringify(bad ? Object.fromEntries([bad]) : value)}`,
    );
  return Object.fromEntries<ConfirmPolicy>(entries as [string, ConfirmPolicy][]);
}
