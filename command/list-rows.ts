/** One row for each gateway: how its last change ended, or that it runs. Pure. */
import type { RunningChange } from '../client/running.ts';
import type { GatewayStatus } from '../client/index.ts';
import type { ListedGateway } from '../etcd/listing.ts';
import { isReadOnly } from '../etcd/state.ts';
import type { Action } from '../gateway/change.ts';
import { FAILURES } from '../gateway/failures.ts';
import { COMPLETED, COMPLETED_WORDS, FAILED } from '../gateway/records.ts';

/**
 * How a gateway's last change ended. `not asked`: there is a configuration, and nobody has asked for it yet. Then `/state` may say `READ_COMPLETE`, a
 * word that was written before there was a kind for the type. `unknown`: `/state` has no word, or one that is not gateway-saga's.
 */
export type RowOutcome =
  | 'running'
  | 'created'
  | 'updated'
  | 'unchanged'
  | 'deleted'
  | 'failed'
  | 'cancelled'
  | 'superseded'
  | 'not asked'
  | 'unknown';

/** A row of the list, as `--json` shows it. */
export interface Row {
  readonly type: string;
  readonly id: string;
  readonly name: string | null;
  /** The version that the outcome is about. */
  readonly version: number | null;
  /** The configuration's version, if it is another one. */
  readonly wanted: number | null;
  readonly action: Action | null;
  readonly outcome: RowOutcome;
  /** Of a failure: one of `FAILURES`. `null`: it did not fail, or Temporal does not know any more. */
  readonly failureType: string | null;
  /** ISO time: when the running change began, or when the last change ended. `null`: nobody knows any more. */
  readonly since: string | null;
  /** Why it failed, one line. */
  readonly error: string | null;
  /** Ids of its routers, the primary first. `null`: no record has them, as after a creation that failed. */
  readonly routers: readonly [string, string] | null;
}

export function rowOf(gateway: ListedGateway, running: RunningChange | undefined): Row {
  const { resourceType, resourceId, name, wanted, plan } = gateway;
  const last = running === undefined ? endOf(gateway) : changeOf(gateway, running);
  return {
    type: resourceType,
    id: resourceId,
    name,
    wanted: wanted === null || wanted.version === last.version ? null : wanted.version,
    failureType: null,
    error: null,
    routers: plan?.routers ?? null,
    ...last,
  };
}

type Last = Pick<Row, 'version' | 'action' | 'outcome' | 'since'> & Partial<Pick<Row, 'error'>>;

function changeOf({ wanted, plan }: ListedGateway, { since, action }: RunningChange): Last {
  const version = wanted?.version ?? plan?.version ?? null;
  const planned = plan?.version === version ? (plan?.action ?? null) : null;
  return { version, action: action ?? planned, outcome: 'running', since: since.toISOString() };
}

function endOf({ wanted, state, plan }: ListedGateway): Last {
  const since = plan === null || plan.scheduled === null ? null : new Date(plan.scheduled).toISOString();
  const isOnlyRead = state !== null && isReadOnly(state);
  if (state !== null && state.version !== null && !isOnlyRead) {
    const { version, workerState, error } = state;
    const ended = { version, since };
    const failed = actions.find((action) => FAILED[action] === workerState);
    if (failed !== undefined)
      return { ...ended, action: failed, outcome: isCancel(error) ? 'cancelled' : 'failed', error };
    if (workerState === COMPLETED.delete) return { ...ended, action: 'delete', outcome: 'deleted' };
    // `/state` has the same word for a creation and for an update that was seen working.
    const isUpdate =
      workerState !== COMPLETED.create || (plan?.version === version && plan.action === 'update');
    if (COMPLETED_WORDS.includes(workerState))
      return isUpdate
        ? { ...ended, action: 'update', outcome: 'updated' }
        : { ...ended, action: 'create', outcome: 'created' };
    return { ...ended, action: null, outcome: 'unknown' };
  }
  // The kind may have been withdrawn for a while. Then the plan record is from before that, and may be of an older version.
  const isOfOlder = isOnlyRead && plan !== null && wanted !== null && plan.version < wanted.version;
  if (plan !== null && !isOfOlder)
    return {
      version: plan.version,
      action: plan.action,
      outcome: plan.hasFailed ? 'failed' : plan.isPublished ? 'deleted' : 'unknown',
      since,
    };
  if (wanted === null) return { version: null, action: null, outcome: 'unknown', since: null };
  return {
    version: wanted.version,
    action: wanted.isDeletion ? 'delete' : isOfOlder && plan.isKept ? 'update' : 'create',
    outcome: 'not asked',
    since: null,
  };
}

const actions: readonly Action[] = ['create', 'update', 'delete'];

/** Whether the error in `/state` is that of a cancel. */
function isCancel(error: string): boolean {
  return /^cancelled\b/.test(error);
}

/** Whether only Temporal knows the rest of how the change ended: the type of a failure, or the time. */
export function isIncomplete({ outcome, since }: Row): boolean {
  if (outcome === 'failed') return true;
  return since === null && outcome !== 'not asked';
}

/**
 * The row with what Temporal knows of the end. The latest run may only have told how the version had ended before. Such a run says nothing
 * about the type of the failure: its own type is `AlreadyEnded`.
 */
export function completed(row: Row, status: GatewayStatus): Row {
  if (status.kind !== 'ended') return row;
  const { outcome, endedAt } = status;
  const isOfRow = outcome.gateway?.version === row.version;
  const isOld = 'alreadyEnded' in outcome ? outcome.alreadyEnded : isTold(outcome);
  if (!isOfRow || isOld) return row;
  const type = outcome.kind === 'failed' ? outcome.type : null;
  const outcomeOfRow = row.outcome === 'failed' && outcome.kind === 'cancelled' ? 'cancelled' : row.outcome;
  return { ...row, outcome: outcomeOfRow, failureType: type, since: endedAt.toISOString() };
}

function isTold(outcome: Extract<GatewayStatus, { kind: 'ended' }>['outcome']): boolean {
  return outcome.kind === 'failed' && outcome.type === FAILURES.AlreadyEnded;
}

/** Sorts by name, then by type and id. A row without a name is sorted by its id. */
export function byName(one: Row, other: Row): number {
  return (
    compare(one.name ?? one.id, other.name ?? other.id) ||
    compare(one.type, other.type) ||
    compare(one.id, other.id)
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
