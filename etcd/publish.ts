/** The terminal write: `/state`, once per version and attempt, together with the other writes at the end of a saga. */
import { isDeepStrictEqual } from 'node:util';
import { changesNothing } from '../gateway/change.ts';
import type { Action } from '../gateway/change.ts';
import { completedState, failedStackRecord, failedState } from '../gateway/records.ts';
import type { MonitorWords } from '../gateway/records.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import { claimsOnlyOf, holderOf } from './claims.ts';
import { isSameGateway } from '../gateway/resource.ts';
import type { Entry, EtcdClient, Transaction } from './client.ts';
import { transact, done } from './transact.ts';
import type { Transition } from './transact.ts';
import { configVersion, parseObject, supersededBy } from './envelope.ts';
import { routersWithout } from './free-claims.ts';
import { KEYS } from './keys.ts';
import {
  isKept,
  isKeptAt,
  isLaterCall,
  isOwnedBy,
  notOwned,
  readablePlanRecord,
  settledRecord,
  withoutBefore,
  withoutChange,
} from './plan-record.ts';
import type { NotOwned, PlanRecord } from './plan-record.ts';
import { secretsKept } from './secrets.ts';
import { endedState, isComplete, isStanding, stateOf } from './state.ts';
import type { StateFacts } from './state.ts';

export interface Completed {
  readonly kind: 'completed';
  /** `state_monitoring`: `{ downlink: 'ACTIVE' }`, in the kind's order. A deletion has none. */
  readonly words: MonitorWords;
}

export interface Failed {
  readonly kind: 'failed';
  /** For a person. Cut to one line of at most 500 characters. */
  readonly error: string;
  /** Whether this run had registered. If so, its job records get their retention, and `heat_stacks` the reason. */
  readonly registered: boolean;
  /**
   * Whether both routers are known to carry `before`. If so, what only `after` owns is not claimed any more, unless the record says `mayBeApplied`
   * or `disputed`; if nothing stands, the plan record goes, too.
   */
  readonly clean: boolean;
  /** Only what the run has registered, without knowing it, is ended and told. */
  readonly isSuperseded?: boolean | undefined;
  /** What the configuration asked for. It counts if the plan record is another run's. */
  readonly action?: Action | undefined;
  /** When the saga's own call was scheduled, in ms since the epoch. Absent: the pair publishes for the saga, or it is not known. */
  readonly scheduled?: number | undefined;
  /** As the run has planned. It counts unless the run has registered: then the plan record says it. */
  readonly replaces?: string | undefined;
}

export interface PublishRequest {
  readonly gateway: GatewayVersion;
  /** `null`: the saga ended before it had a plan; then only `/state` is written. */
  readonly run: string | null;
  readonly outcome: Completed | Failed;
  /** How long job records and `job_state` stay readable, in seconds. */
  readonly retentionSeconds: number;
  /** Ids of the run's jobs, where they are known: they save a request. */
  readonly jobs?: PlanRecord['jobs'];
}

export type PublishOutcome =
  | { readonly kind: 'published' }
  /** `/state` has another outcome of this version, or a newer version. Nothing was written. */
  | { readonly kind: 'already'; readonly state: StateFacts }
  /**
   * (Failed only) An earlier run, or this run before a reset, may have left a change on routers, and its outcome is not published. The change
   * must be reverted first. Nothing was written.
   */
  | { readonly kind: 'leftover'; readonly record: PlanRecord }
  /** Completed: as it says. Failed: `void` only, if a later call has counted. Nothing was written. */
  | NotOwned
  /** (Failed only) Both routers carry `after` of this version for good. Nothing was written: a failure would be a lie. */
  | { readonly kind: 'kept' }
  /** (Completed only) The plan record does not say that the change is kept, or that it changes nothing. Nothing was written. */
  | { readonly kind: 'not kept' };

const OPERATION = 'publish';

export function publish(client: EtcdClient, request: PublishRequest): Promise<PublishOutcome> {
  return transact(client, OPERATION, () => look(client, request));
}

async function look(
  client: EtcdClient,
  { gateway, run, outcome, retentionSeconds, jobs }: PublishRequest,
): Promise<Transition<PublishOutcome>> {
  const keys = [KEYS.gatewayConfig(gateway), KEYS.state(gateway), KEYS.plan(gateway)] as const;
  const expected = jobs === undefined ? [] : retainedKeys({ gateway, jobs });
  const [[config, state, plan, ...retained], lease] = await Promise.all([
    client.read(OPERATION, [...keys, ...expected] as const),
    jobs && client.grantLease(OPERATION, retentionSeconds),
  ]);
  // A failure is published even if the plan record can't be read.
  const record = readablePlanRecord(plan);
  const registered = isOwnedBy(record, gateway, run);
  const known = registered || outcome.kind === 'completed' ? record?.action : outcome.action;
  const action = known ?? likelyAction(gateway, config, state);
  const value =
    outcome.kind === 'completed'
      ? completedState(gateway.version, outcome.words, action)
      : failedState(gateway.version, outcome.error, action);

  const planned = outcome.kind === 'failed' ? outcome.replaces : undefined;
  const settled = endedState(state, gateway.version, registered ? record.replaces : planned);
  if (settled) {
    const ours = state.value && isDeepStrictEqual(parseObject(state.value), value);
    const isSaid = ours || (outcome.kind === 'completed' && isPublished(record, settled, gateway));
    return done(isSaid ? { kind: 'published' } : { kind: 'already', state: settled });
  }
  if (outcome.kind === 'failed' && isKeptAt(record, gateway)) return done({ kind: 'kept' });
  if (outcome.kind === 'completed') {
    if (!registered) return done(notOwned(plan));
  } else if (
    isOfOtherLife(gateway, record, config, outcome) ||
    isLate(record, gateway, registered, outcome) ||
    (outcome.isSuperseded === true && !registered)
  )
    return done({ kind: 'void' });
  const ends = registered ? record : unpublishedOf(record, gateway, state);
  // A run knows what it has applied itself. But an earlier run, or this run before a reset, may have left `mayBeApplied` in the record. Then
  // the routers must be looked at first ("failed is looked at too", T6).
  const isKnown = registered && (outcome.kind === 'completed' || outcome.registered);
  if (!isKnown && ends !== undefined && ends.mayBeApplied) return done({ kind: 'leftover', record: ends });
  if (outcome.kind === 'completed' && !isMade(record)) return done({ kind: 'not kept' });

  // Whoever has removed the configuration reads its outcome no more. What tells that a deleted gateway stands goes, too.
  const isGone = config.value === undefined;
  const isForgotten = isGone && outcome.kind === 'completed' && action === 'delete';
  const endings: Endings = ends
    ? await endingsOf(client, ends, { ...outcome, isGone }, { retentionSeconds, retained, lease })
    : { unchanged: [], put: [], remove: [] };
  return {
    kind: 'write',
    outcome: { kind: 'published' },
    transaction: {
      unchanged: [config, state, plan, ...endings.unchanged],
      put: [...(isGone ? [] : [{ key: state.key, value }]), ...endings.put],
      remove: [...(isForgotten ? [state.key, KEYS.stack(gateway)] : []), ...endings.remove],
    },
  };
}

/**
 * Whether nobody asks for this failure any more. The configuration has a lower version: the gateway was removed, and its id has begun another life. Or
 * it has a higher one, and there is no plan record: nobody knows what the run has done, and the newer version has an outcome of its own.
 */
function isOfOtherLife(
  { version }: GatewayVersion,
  record: PlanRecord | undefined,
  config: Entry,
  { registered }: Failed,
): boolean {
  const now = configVersion(config) ?? version;
  return now < version || (now > version && registered && record === undefined);
}

/**
 * Whether `/state` says that the change was made. It does so, too, if a newer version has ended in `/state` without a plan record of its own:
 * then what was kept before stands.
 */
function isPublished(record: PlanRecord | undefined, state: StateFacts, gateway: GatewayVersion): boolean {
  return isComplete(state, gateway) || (state.version !== gateway.version && isKeptAt(record, gateway));
}

/** What the version was to do, if its plan record is gone: by its configuration, and by what `/state` says that stands. */
function likelyAction(gateway: GatewayVersion, config: Entry, state: Entry): Action {
  if (supersededBy(gateway, 'delete', config) === undefined) return 'delete';
  return isStanding(stateOf(state)) ? 'update' : 'create';
}

/** Whether both routers carry `after`: it was kept, or stood there before. */
function isMade(record: PlanRecord | undefined): boolean {
  return isKept(record) || (record !== undefined && changesNothing(record.routers));
}

/**
 * Whether a later call has counted, by a newer version, by another run, or by this run after a reset. Then the later one publishes the
 * outcome. If the times of the calls are not known, a run that had registered is late if the plan record is another run's.
 */
function isLate(
  record: PlanRecord | undefined,
  gateway: GatewayVersion,
  isOurs: boolean,
  { registered, scheduled }: Failed,
): boolean {
  if (registered && record !== undefined && record.gateway.version > gateway.version) return true;
  return isLaterCall(record, gateway, scheduled) ?? (registered && !isOurs);
}

/** The record, if it is of an earlier run whose outcome is not published. Its workflow has ended, because a gateway has one run at a time. */
function unpublishedOf(
  record: PlanRecord | undefined,
  { version }: GatewayVersion,
  state: Entry,
): PlanRecord | undefined {
  // What is kept stands, also if its outcome is not published.
  if (record === undefined || record.gateway.version > version || isKept(record)) return undefined;
  return endedState(state, record.gateway.version) === undefined ? record : undefined;
}

type Endings = Required<Transaction>;

/** The entries that were read, and the lease that was granted, before the plan record was known. */
interface ReadAhead {
  readonly retentionSeconds: number;
  readonly retained: readonly Entry[];
  readonly lease: string | undefined;
}

/** Records that stay readable for a while after the end. */
function retainedKeys({ gateway, jobs }: Pick<PlanRecord, 'gateway' | 'jobs'>): readonly string[] {
  return [KEYS.jobState(gateway), ...Object.values(jobs).map(KEYS.job)];
}

/** The writes that end a registered run: its records' retention, the reason on its stack, and after a clean failure the removal of its claims. */
async function endingsOf(
  client: EtcdClient,
  record: PlanRecord,
  outcome: (Completed | Failed) & { readonly isGone: boolean },
  { retentionSeconds, retained: known, lease: granted }: ReadAhead,
): Promise<Endings> {
  const { action, gateway, tenant } = record;
  const retained = retainedKeys(record);
  const next = recordAfter(record, outcome);
  // Another version of the gateway may be owed, which this run knows nothing of.
  const fences = next === record ? undefined : await routersWithout(client, record);
  const claims = fences === undefined ? [] : claimsOnlyOf(record, next).map(({ key }) => key);
  const missing = retained.filter((key) => !known.some((entry) => entry.key === key));
  const secretsKey = KEYS.secrets(gateway);
  const [read, lease] = await Promise.all([
    client.read(OPERATION, [...missing, ...claims, ...(fences === undefined ? [] : [secretsKey])]),
    granted ?? client.grantLease(OPERATION, retentionSeconds),
  ]);
  const entries = [...known, ...read];
  // Where `/state` can't say that the change has failed, the plan record does.
  const marks = outcome.kind === 'failed' && outcome.isGone ? { failed: true } : {};
  const stays = fences === undefined ? record : next;
  const planPut =
    stays === undefined || (stays === record && marks.failed === undefined)
      ? []
      : [{ key: KEYS.plan(gateway), value: { ...stays, ...marks } }];
  const existing = entries.filter(({ value }) => value !== undefined);
  const kept = existing.filter(({ key }) => retained.includes(key));
  const freed = existing.filter(
    (entry) => claims.includes(entry.key) && isSameGateway(holderOf(entry), gateway),
  );
  const secrets = entries.filter(({ key }) => key === secretsKey).map((entry) => secretsKept(entry, next));
  return {
    unchanged: [...kept, ...freed, ...(fences ?? []), ...secrets.flatMap(({ unchanged }) => unchanged)],
    put: [
      ...kept.map(({ key, value }) => ({ key, value, lease })),
      ...(outcome.kind === 'failed'
        ? [
            {
              key: KEYS.stack(gateway),
              value: failedStackRecord(gateway, tenant, outcome.error, action),
            },
          ]
        : []),
      ...planPut,
      ...secrets.flatMap(({ put }) => put),
    ],
    remove: [
      ...(fences === undefined || next !== undefined ? [] : [KEYS.plan(gateway)]),
      ...freed.map(({ key }) => key),
      ...secrets.flatMap(({ remove }) => remove),
    ],
  };
}

/** The plan record from now on; `undefined`: none. The same record: it stays as it is, with its claims. */
function recordAfter(record: PlanRecord, outcome: Completed | Failed): PlanRecord | undefined {
  if (outcome.kind === 'completed')
    return record.action === 'create' ? record : settledRecord(withoutBefore(record));
  const isClean = outcome.clean && !record.mayBeApplied && record.disputed !== true;
  return isClean ? settledRecord(withoutChange(record)) : record;
}
