/** The watch over `/config`: names and payloads that its workflow shares with its activity, the worker and the clients, and its policy. */

/** Workflow type. */
export const CONFIG_WATCH = 'configWatch';
/** The one workflow id in a namespace. Also the task queue of its activity, which only workers with `--watch` serve. */
export const CONFIG_WATCH_ID = 'config_watch';
/** Signal with a `WatchReport`, from the activity. */
export const WATCH_REPORT_SIGNAL = 'report';
/**
 * Signal with a `WatchSwitch`, from people. A stopped watch stays stopped, whichever workers start. It is one signal, because signals of different
 * names that wait for a worker lose their order.
 */
export const WATCH_SWITCH_SIGNAL = 'switch';
export type WatchSwitch = 'start' | 'stop';
/** Query. Returns `WatchStatus`. */
export const WATCH_STATUS_QUERY = 'status';

/** What the watch knows, as of a moment. It is cut where it would grow without bound. */
export interface WatchReport {
  /** Who watches: the worker's identity. */
  readonly worker: string;
  /** Since when this worker watches, as an ISO time. */
  readonly since: string;
  /** When all of `/config` was listed last, as an ISO time. `null`: not yet. */
  readonly listed: string | null;
  /** For everything that was written up to this revision of etcd, the watch has asked a saga or has found no difference. `null`: not known yet. */
  readonly revision: string | null;
  /** How many gateways were listed. */
  readonly gateways: number;
  /** How often sagas were asked, since the watch began. */
  readonly asked: number;
  /** Gateways whose configuration has a version that `/state` does not have yet. */
  readonly differing: number;
  /** Gateways among the differing ones that the watch has asked for, and whose sagas have not ended yet. */
  readonly inFlight: number;
  /**
   * Gateways among the differing ones whose sagas have ended without a word in `/state`. They are not asked again at this version. `first`: some of
   * their workflow ids.
   */
  readonly silent: { readonly count: number; readonly first: readonly string[] };
  /** Values in etcd that can't be read. `first`: some of them, each a key and the reason. */
  readonly unreadable: { readonly count: number; readonly first: readonly string[] };
  /** Why nothing is asked at present, in words for a person. `null`: nothing is in the way. */
  readonly waits: string | null;
  /** What has happened since the last report, oldest first. */
  readonly lines: readonly string[];
}

/** What the activity begins with. */
export interface WatchInput {
  /** As in `WatchReport`. */
  readonly asked: number;
}

/** What the activity's heartbeats carry, for its next attempt. */
export interface WatchBeat extends WatchInput {
  readonly revision: string | null;
  /** Id of the etcd cluster. */
  readonly cluster: string | null;
}

export interface WatchStatus {
  /** ISO time of the stop. `null`: it is not stopped. */
  readonly stopped: string | null;
  /** Whether the watch's activity has not ended. It goes on for a moment after a stop. */
  readonly active: boolean;
  /** ISO time at which the workflow began for the first time. */
  readonly since: string;
  /** `null`: no worker has reported yet. */
  readonly report: WatchReport | null;
  /** The log book, newest first: `2026-11-22 03:19:53 listed …`. */
  readonly book: readonly string[];
}

export interface WatchPolicy {
  /**
   * How many of the gateways that the watch has asked for may be under way at once, apart from those that wait for another gateway. One pair of routers gets
   * at most half of them.
   */
  readonly inFlight: number;
  /**
   * All of `/config` and `/state` is listed at least this often, in seconds. After the same time the watch looks after a gateway that it has asked for
   * and that has not ended.
   */
  readonly relistSeconds: number;
  /** Whether `/state` gets the word `READ_COMPLETE` for resources of types that gateways refer to and that nothing is to be done for. */
  readonly readComplete: boolean;
  /** Whether the watch asks even while the reference system's job manager is alive (etcd key `/job_manager_id`). Then both do the same job. */
  readonly besideJobManager: boolean;
}

export const DEFAULT_WATCH_POLICY: WatchPolicy = {
  inFlight: 256,
  relistSeconds: 60,
  readComplete: true,
  besideJobManager: false,
};

/** Times of the watch that can't be set, each with its reason, in milliseconds. */
export const WATCH_TIMES = {
  /**
   * The activity never ends by itself. If its heartbeat is missing, another worker takes it over. The time-out leaves room, because other work of a
   * worker may hold up the process for a second or two. The pause before the next attempt does not grow: each handover by a worker that is told to end
   * counts as an attempt as well.
   */
  activity: {
    startToCloseTimeout: 365 * 24 * 60 * 60_000,
    heartbeatTimeout: 6_000,
    retry: { initialInterval: 500, backoffCoefficient: 1.5, maximumInterval: 1_000 },
  },
  beatMs: 1_000,
  /** The least time between two reports to the workflow, because each report fills its history. */
  reportMs: 2_000,
  /** How long a call to Temporal may take. */
  callMs: 10_000,
  /** The pause after etcd or Temporal did not answer. */
  pauseMs: 1_000,
  /** How often a worker looks whether the workflow runs: somebody may have terminated it. */
  ensureMs: 30_000,
} as const;

/** How many sagas are asked at the same time. More made a small server slower, not faster. */
export const CALLS_AT_ONCE = 6;
/** How many times at most one version is asked for, if its runs end without a word in `/state`. */
export const ASKED_AT_MOST = 3;

/** Node's timers wait for at most 2^31 - 1 ms. A timer with a longer time fires at once. */
const LONGEST_SECONDS = Math.floor((2 ** 31 - 1) / 1_000);

/** Throws an `Error` that names the field, the expected value and the given one. */
export function checkWatchPolicy(given: unknown): WatchPolicy {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Error(`policy: field "watch": expected an object, got ${JSON.stringify(given)}`);
  const policy: Record<string, unknown> = { ...DEFAULT_WATCH_POLICY };
  for (const [field, value] of Object.entries(given)) {
    const standard = policy[field];
    if (!Object.hasOwn(DEFAULT_WATCH_POLICY, field))
      throw new Error(
        `policy: unknown field "watch.${field}"; known are ${Object.keys(DEFAULT_WATCH_POLICY).join(', ')}`,
      );
    const isNumber = typeof standard === 'number';
    const good = isNumber ? Number.isSafeInteger(value) && Number(value) > 0 : typeof value === 'boolean';
    if (!good)
      throw new Error(
        `policy: field "watch.${field}": expected ${isNumber ? 'a positive whole number' : 'true or false'}, got ${JSON.stringify(value)}`,
      );
    if (field === 'relistSeconds' && Number(value) > LONGEST_SECONDS)
      throw new Error(
        `policy: field "watch.${field}": expected at most ${LONGEST_SECONDS}, got ${JSON.stringify(value)}`,
      );
    policy[field] = value;
  }
  return policy as unknown as WatchPolicy;
}
