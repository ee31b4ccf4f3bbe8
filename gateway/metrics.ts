/**
 * All metrics that a worker serves beside those of Temporal's SDK. `docs/metrics.md` has them in a table, and a test compares the table with this list
 * and with what a worker serves. Names follow Prometheus's rules: base units, `_total` for counters, `_seconds` for durations.
 */
export interface MetricFacts {
  readonly name: `gateway_saga_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly MetricLabel[];
  readonly unit:
    'seconds' | 'gateways' | 'changes' | 'routers' | 'sessions' | 'attempts' | 'values' | '0 or 1';
  /** One sentence. Prometheus shows it as `HELP`. */
  readonly help: string;
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

export type MetricLabel =
  | 'action'
  | 'alarm'
  | 'failure_type'
  | 'holder'
  | 'kind'
  | 'operation'
  | 'outcome'
  | 'pair'
  | 'router'
  | 'router_name'
  | 'step';

/** Upper bounds of buckets, in seconds: how long etcd and Temporal take to answer. */
const ANSWERS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The same: how long routers take to answer. */
const REQUESTS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
/** The same: how long changes, their steps and trials take. */
const CHANGES = [0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];
/** Upper bounds of buckets, in members of a batch. */
const MEMBERS = [1, 2, 4, 8, 16, 32, 64];

type Name = MetricFacts['name'];
type Unit = MetricFacts['unit'];
type Labels = readonly MetricLabel[];

function counter<const N extends Name, const L extends Labels>(name: N, labels: L, unit: Unit, help: string) {
  return { name, type: 'counter', labels, unit, help } as const;
}

function gauge<const N extends Name, const L extends Labels>(name: N, labels: L, unit: Unit, help: string) {
  return { name, type: 'gauge', labels, unit, help } as const;
}

function histogram<const N extends Name, const L extends Labels>(
  name: N,
  labels: L,
  unit: Unit,
  buckets: readonly number[],
  help: string,
) {
  return { name, type: 'histogram', labels, unit, buckets, help } as const;
}

/** By the name that the code uses. */
export const METRICS = {
  changesEnded: counter(
    'gateway_saga_changes_ended_total',
    ['action', 'kind', 'outcome', 'failure_type'],
    'changes',
    'Changes that have ended, superseded versions among them.',
  ),
  changeDuration: histogram(
    'gateway_saga_change_duration_seconds',
    ['action', 'outcome'],
    'seconds',
    CHANGES,
    'How long whole changes took, from the beginning of their run, waits for other gateways and for the pair included.',
  ),
  stepDuration: histogram(
    'gateway_saga_step_duration_seconds',
    ['step', 'outcome'],
    'seconds',
    CHANGES,
    'How long each step of a change took.',
  ),
  pairWaiting: gauge(
    'gateway_saga_pair_waiting_gateways',
    ['pair'],
    'gateways',
    'Gateways that wait for the next batch of a pair, those at its door among them.',
  ),
  pairOldestWait: gauge(
    'gateway_saga_pair_oldest_wait_seconds',
    ['pair'],
    'seconds',
    'How long the gateway has waited that waits longest for the next batch of a pair; 0 if none waits.',
  ),
  pairApplying: gauge(
    'gateway_saga_pair_applying_gateways',
    ['pair'],
    'gateways',
    'Members of the batch of a pair that are not on trial: it waits for its routers, or is being applied.',
  ),
  pairOnTrial: gauge(
    'gateway_saga_pair_on_trial_gateways',
    ['pair'],
    'gateways',
    'Members of the batch of a pair that are on its routers until they are settled.',
  ),
  batchMembers: histogram(
    'gateway_saga_batch_members',
    [],
    'gateways',
    MEMBERS,
    'How many members went on trial together, once for each batch that was applied.',
  ),
  trialDuration: histogram(
    'gateway_saga_trial_duration_seconds',
    [],
    'seconds',
    CHANGES,
    'How long batches were on trial, until they were settled or fell back.',
  ),
  commitDuration: histogram(
    'gateway_saga_router_commit_duration_seconds',
    ['router', 'outcome'],
    'seconds',
    REQUESTS,
    'How long a router took to answer a commit.',
  ),
  checkDuration: histogram(
    'gateway_saga_router_check_duration_seconds',
    ['router', 'outcome'],
    'seconds',
    REQUESTS,
    'How long a router took to answer a check of its candidate.',
  ),
  requestDuration: histogram(
    'gateway_saga_router_request_duration_seconds',
    ['operation', 'outcome'],
    'seconds',
    REQUESTS,
    'How long routers took to answer requests, commits and checks among them.',
  ),
  sessionsOpen: gauge(
    'gateway_saga_router_sessions_open',
    ['router'],
    'sessions',
    'NETCONF sessions that this worker has open, idle ones among them.',
  ),
  sessionOpens: counter(
    'gateway_saga_router_session_opens_total',
    ['router', 'outcome'],
    'attempts',
    'Attempts to open a NETCONF session.',
  ),
  lockRefusals: counter(
    'gateway_saga_router_lock_refusals_total',
    ['router', 'holder'],
    'attempts',
    'Attempts to reserve or lock a router that found it taken, by what held it; each is followed by a wait and another attempt.',
  ),
  routerInfo: gauge(
    'gateway_saga_router_info',
    ['router', 'router_name'],
    '0 or 1',
    'The name of each router that this worker has had a session on.',
  ),
  owedChanges: gauge('gateway_saga_owed_changes', ['router'], 'changes', 'Changes that a router owes.'),
  oldestOwed: gauge(
    'gateway_saga_owed_change_oldest_age_seconds',
    [],
    'seconds',
    'Age of the oldest change that any router owes; 0 if none is owed.',
  ),
  maintenanceHolds: gauge(
    'gateway_saga_maintenance_holds',
    ['router'],
    'routers',
    'Routers that are held for maintenance and not retired.',
  ),
  oldestHold: gauge(
    'gateway_saga_maintenance_hold_oldest_age_seconds',
    [],
    'seconds',
    'Age of the oldest maintenance hold; 0 if there is none.',
  ),
  upkeepReadAt: gauge(
    'gateway_saga_etcd_facts_timestamp_seconds',
    [],
    'seconds',
    'When this worker last read owed changes and maintenance holds from etcd, in seconds since the epoch.',
  ),
  etcdUp: gauge(
    'gateway_saga_etcd_up',
    [],
    '0 or 1',
    'Whether etcd answered the last question of this worker.',
  ),
  etcdAlarm: gauge(
    'gateway_saga_etcd_alarm',
    ['alarm'],
    '0 or 1',
    'Whether a member of etcd has raised this alarm: NOSPACE, its database is full, or CORRUPT; then etcd answers, and takes no writes.',
  ),
  etcdLatency: histogram(
    'gateway_saga_etcd_probe_duration_seconds',
    [],
    'seconds',
    ANSWERS,
    'How long etcd took to answer a linearizable read of one key.',
  ),
  temporalUp: gauge(
    'gateway_saga_temporal_up',
    [],
    '0 or 1',
    'Whether Temporal answered the last question of this worker.',
  ),
  temporalLatency: histogram(
    'gateway_saga_temporal_probe_duration_seconds',
    [],
    'seconds',
    ANSWERS,
    'How long Temporal took to describe the task queue.',
  ),
  workerPolling: gauge(
    'gateway_saga_worker_polling',
    [],
    '0 or 1',
    'Whether Temporal has seen this worker poll for workflow tasks in the last minute and a half.',
  ),
  watchActive: gauge(
    'gateway_saga_watch_active',
    [],
    '0 or 1',
    'Whether this worker has the watch over the configuration.',
  ),
  watchLag: gauge(
    'gateway_saga_watch_lag_seconds',
    [],
    'seconds',
    'For how long the watch has been behind: it waits for etcd or Temporal, or has found gateways that it has not asked for; 0 if it is not.',
  ),
  watchDiffering: gauge(
    'gateway_saga_watch_differing_gateways',
    [],
    'gateways',
    'Gateways whose configuration has a version that /state does not have yet.',
  ),
  watchInFlight: gauge(
    'gateway_saga_watch_in_flight_gateways',
    [],
    'gateways',
    'Of these, the gateways that the watch has asked for and that have not ended yet.',
  ),
  watchSilent: gauge(
    'gateway_saga_watch_silent_gateways',
    [],
    'gateways',
    'Of these, the gateways that have ended without a word in /state, and are not asked for again at this version.',
  ),
  watchUnreadable: gauge(
    'gateway_saga_watch_unreadable_values',
    [],
    'values',
    'Values in etcd that the watch can not read.',
  ),
} satisfies Readonly<Record<string, MetricFacts>>;
