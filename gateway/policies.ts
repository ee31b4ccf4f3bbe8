/** Every limit, interval, time-out and retry, each with its reason. `Policy` can be set per worker (`check-policy.ts`). */
import { DEFAULT_WATCH_POLICY } from './config-watch.ts';
import type { WatchPolicy } from './config-watch.ts';

/**
 * Which commits are made on a router. `required`: only confirmed commits; nothing is applied to a router that has none. `preferred`: plain
 * commits if the router has no confirmed commits; if the worker dies after one, the next worker reverts what was committed. `never`: only
 * plain commits.
 */
export type ConfirmPolicy = 'required' | 'preferred' | 'never';

/**
 * Whether checks and commits on a router ask for both of its routing engines. `auto`: if there are two, and the router's configuration does
 * not ask for both already. `always`: in any case. `never`: not.
 */
export type SynchronizePolicy = 'auto' | 'always' | 'never';

export interface Policy {
  /** Time between two looks at a router, in ms. The first look is at once. One that may complete the evidence comes after a tenth of it at the earliest. */
  readonly vrrpIntervalMs: number;
  /**
   * How long VRRP may take to come up, in ms, at least. With default timers it elects within 3 to 4 s (RFC 5798 §6.1); a minute leaves room
   * for a busy router. Slower timers of a router give more time, see `vrrp-time.ts`.
   */
  readonly vrrpLimitMs: number;
  /** How long VRRP may take at most, in ms. What needs more by its routers' timers is refused before the commit. */
  readonly vrrpMaxMs: number;
  /**
   * How long a BGP session may take to be established, in ms, but no longer than `vrrpMaxMs`. A peer that has not noticed the end of an earlier
   * session waits for its hold time, 90 s by default (RFC 4271 §10), and then tries again.
   */
  readonly bgpLimitMs: number;
  /** How long an unreachable or locked router is waited for before the gateway fails and is reverted, in ms. */
  readonly patienceMs: number;
  /**
   * How long a pair tries to settle before a router that it can't reach owes the inverse change, in ms. It must be long enough for a
   * deadline to pass and for a look afterwards.
   */
  readonly settlePatienceMs: number;
  /**
   * After how many minutes a router takes back a commit that was not confirmed. It must last at least as long as `trialTime`. What VRRP may
   * take beyond `vrrpLimitMs` is added, see `vrrp-time.ts`.
   */
  readonly confirmMinutes: number;
  /** The length of a router's minute, in ms: shorter than a minute on simulated routers only. */
  readonly minuteMs: number;
  /**
   * No confirm is sent when less than this is left before the deadline, in ms ("deadline margin", T2). A confirm that arrives after the
   * deadline confirms nothing, and clocks differ.
   */
  readonly confirmMarginMs: number;
  /**
   * How long after the deadline a router may take to fall back, in ms. Rollbacks were seen to begin up to 45 s late, and take as long as a
   * commit.
   */
  readonly fallbackGraceMs: number;
  /** Whether confirmed commits are made on each router, by the router's id. The entry `*` is for all other routers. */
  readonly confirmedCommits: Readonly<Record<string, ConfirmPolicy>>;
  /** Whether each router's other routing engine is asked for as well, by the router's id. The entry `*` is for all other routers. */
  readonly synchronize: Readonly<Record<string, SynchronizePolicy>>;
  /** How long job records and `job_state` stay readable after the end, in seconds. */
  readonly retentionSeconds: number;
  /** Write `null` instead of passwords into the job records. */
  readonly redactJobs: boolean;
  /** How the watch over `/config` goes about it. */
  readonly watch: WatchPolicy;
}

/** What a change keeps from its plan on, whichever workers carry it out. */
export type ChangeLimits = Pick<Policy, 'vrrpIntervalMs' | 'vrrpLimitMs' | 'vrrpMaxMs'>;

export function changeLimitsOf({ vrrpIntervalMs, vrrpLimitMs, vrrpMaxMs }: Policy): ChangeLimits {
  return { vrrpIntervalMs, vrrpLimitMs, vrrpMaxMs };
}

/**
 * What a batch keeps from its reservation on, for all its members. `vrrpLimitMs` is part of it because `confirmMinutes` was chosen for that limit. The
 * fields by router id have entries for the batch's two routers.
 */
export type BatchPolicy = Omit<
  Policy,
  Exclude<keyof ChangeLimits, 'vrrpLimitMs'> | 'bgpLimitMs' | 'retentionSeconds' | 'redactJobs' | 'watch'
>;

export function batchPolicyOf(policy: Policy, routers: readonly [string, string]): BatchPolicy {
  const { vrrpLimitMs, patienceMs, settlePatienceMs, confirmMinutes } = policy;
  const { minuteMs, confirmMarginMs, fallbackGraceMs } = policy;
  return {
    vrrpLimitMs,
    patienceMs,
    settlePatienceMs,
    confirmMinutes,
    minuteMs,
    confirmMarginMs,
    fallbackGraceMs,
    confirmedCommits: Object.fromEntries(routers.map((id) => [id, confirmedCommitsOf(policy, id)])),
    synchronize: Object.fromEntries(routers.map((id) => [id, synchronizeOf(policy, id)])),
  };
}

/** Which commits are made on a router. */
export function confirmedCommitsOf(
  { confirmedCommits }: Pick<Policy, 'confirmedCommits'>,
  routerId: string,
): ConfirmPolicy {
  return confirmedCommits[routerId] ?? confirmedCommits['*'] ?? 'required';
}

/** Whether a router's other routing engine is asked for as well. */
export function synchronizeOf(
  { synchronize }: Pick<Policy, 'synchronize'>,
  routerId: string,
): SynchronizePolicy {
  return synchronize[routerId] ?? synchronize['*'] ?? 'auto';
}

export const DEFAULT_POLICY: Policy = {
  vrrpIntervalMs: 1_000,
  vrrpLimitMs: 60_000,
  vrrpMaxMs: 6 * 60_000,
  bgpLimitMs: 2 * 60_000,
  patienceMs: 5 * 60_000,
  settlePatienceMs: 15 * 60_000,
  confirmMinutes: 5,
  minuteMs: 60_000,
  confirmMarginMs: 45_000,
  fallbackGraceMs: 120_000,
  confirmedCommits: { '*': 'required' },
  synchronize: { '*': 'auto' },
  retentionSeconds: 24 * 60 * 60,
  redactJobs: false,
  watch: DEFAULT_WATCH_POLICY,
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

/**
 * How Temporal runs each sort of activity. Temporal does not limit the attempts. An activity gives up by itself, once an attempt fails after the limit in `Policy`
 * is over. An attempt that Temporal cuts at its time-out gives up nothing, so each has to end before that.
 */
export const ACTIVITY_TIMES = {
  /**
   * For activities that need only etcd. The time-out is short, so that another worker soon takes up a killed worker's step. Temporal
   * retries them for as long as etcd is unavailable.
   */
  store: {
    startToCloseTimeout: 20_000,
    retry: { initialInterval: 250, backoffCoefficient: 2, maximumInterval: 10_000 },
  },
  /**
   * For activities that work on both routers of a pair. Each request to a router has a deadline of its own, see above. A missing heartbeat
   * shows that the worker has died.
   */
  routers: {
    startToCloseTimeout: 10 * 60_000,
    heartbeatTimeout: 12_000,
    retry: { initialInterval: 1_000, backoffCoefficient: 1.5, maximumInterval: 20_000 },
  },
  /**
   * For requests to a pair, which answers when it can. A request without an answer is sent again, first after this time-out and then after
   * twice as long each time. The pair may have been terminated ("missing saga", M4), or the worker may have died before it sent the
   * request.
   */
  request: {
    startToCloseTimeout: 60_000,
    retry: { initialInterval: 500, backoffCoefficient: 2, maximumInterval: 10_000 },
  },
  /** For waiting for a reservation, and for looks at owed changes. An activity waits for a reservation for a while only, and is followed by another one. */
  reservation: {
    startToCloseTimeout: 90_000,
    heartbeatTimeout: 12_000,
    retry: { initialInterval: 250, backoffCoefficient: 2, maximumInterval: 10_000 },
  },
  /**
   * For waking those that wait for a gateway. If there are ten thousand, the activity takes as long as these take to register. If an attempt fails, the
   * next one wakes the rest.
   */
  wakes: {
    startToCloseTimeout: 60 * 60_000,
    heartbeatTimeout: 12_000,
    retry: { initialInterval: 250, backoffCoefficient: 2, maximumInterval: 10_000 },
  },
  /** Looks every `vrrpIntervalMs` for at most `vrrpMaxMs`, which `checkPolicy` keeps below the time-out. */
  poll: {
    startToCloseTimeout: 30 * 60_000,
    heartbeatTimeout: 12_000,
    retry: { initialInterval: 500, backoffCoefficient: 1.5, maximumInterval: 5_000 },
  },
} as const;

/**
 * How long an attempt may look for what a router refuses without naming it, in ms. What is suspected then is refused, and the rest waits for the next batch or
 * stays owed, so that the attempt ends within `ACTIVITY_TIMES.routers.startToCloseTimeout`. After that time come the check under way, a last one, one
 * more on the other router, and the commit: four answers, for which 100 s each are left. An attempt that has owed changes to make looks twice; then 45 s are
 * left for each of seven answers.
 */
export const SEPARATING_TIMES = {
  /** Among the members of a batch. At 20 s a check, that is enough to find one among 64. */
  membersMs: 150_000,
  /** Among inverse changes, owed or not. Those that are not made become owed, or stay so. */
  inversesMs: 100_000,
} as const;

/**
 * A run that goes on with a newer version waits until nobody has asked for a further version during `quietMs`, so that versions that follow each other
 * quickly are planned once. It waits for `quietMaxMs` at most. A look at the configuration that has failed for good, which is a defect, is made again after
 * `lookAgainMs`, then after pauses that are twice as long each, up to 15 minutes. All in ms.
 */
export const SUPERSEDE_TIMES = { quietMs: 700, quietMaxMs: 15_000, lookAgainMs: 30_000 } as const;

/** The time between two heartbeats of a working activity, in ms: several fit into the heartbeat time-out. */
export const HEARTBEAT_MS = 3_000;

/** Wrong credentials are tried this many times before the saga gives up: more attempts could lock the account. */
export const AUTHENTICATION_ATTEMPTS = 3;

/**
 * An answer that Temporal does not take is given this many times, which takes some 16 s. After that it counts as a defect, and people are told of it.
 * The SDK's error does not say whether Temporal may take the next attempt.
 */
export const ANSWER_ATTEMPTS = 8;

/**
 * For how long nobody may look at a batch on trial because workers die, in ms: two deaths. This time is not counted in the limit of a polling, and the pair
 * waits for it.
 */
export const LOST_LOOKS_MS = ACTIVITY_TIMES.routers.heartbeatTimeout + ACTIVITY_TIMES.poll.heartbeatTimeout;

/**
 * How long the pair waits for verdicts once a batch is on trial ("refused revert", T11), in ms. VRRP can come up in that time even if two
 * workers die meanwhile.
 */
export function verdictTime({ vrrpLimitMs }: Pick<Policy, 'vrrpLimitMs'>): number {
  return vrrpLimitMs + LOST_LOOKS_MS;
}

/** The longest time between the permission of a commit on trial and its confirmation, in ms. */
export function trialTime(policy: Policy): number {
  return ROUTER_DEADLINES.commitMs + verdictTime(policy) + policy.confirmMarginMs;
}
