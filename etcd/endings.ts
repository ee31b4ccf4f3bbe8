/** The writes that end a registered run, beside `/state`. */
import type { Action } from '../gateway/change.ts';
import { failedStackRecord } from '../gateway/records.ts';
import type { MonitorWords } from '../gateway/records.ts';
import { isSameGateway } from '../gateway/resource.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import { changingKeys, childKeys } from './children.ts';
import { claimsOnlyOf, holderOf } from './claims.ts';
import type { Entry, EtcdClient, Transaction } from './client.ts';
import { routerFences } from './free-claims.ts';
import { KEYS } from './keys.ts';
import { REMOVED_AT_ONCE } from './requests.ts';
import { madeRecord, settledRecord, withoutChange } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
import { secretsKept } from './secrets.ts';

export interface Completed {
  readonly kind: 'completed';
  /** `state_monitoring`: `{ downlink: 'ACTIVE' }`, in the kind's order. A deletion has none. */
  readonly words: MonitorWords;
  /** What the run has made. It counts only where no plan record is left that says so. */
  readonly action?: Action | undefined;
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
  /** Whether the failure is published only if the run has registered. The run itself may not know whether it has: the answer may have been lost. */
  readonly isSuperseded?: boolean | undefined;
  /** What the configuration asked for. It counts if there is no plan record of this run. */
  readonly action?: Action | undefined;
  /** When the saga's own call was scheduled, in ms since the epoch. Absent: the pair publishes for the saga, or the time is not known. */
  readonly scheduled?: number | undefined;
  /**
   * `mod_revision` of the failed `/state` that this attempt may replace, as the run has planned it. It counts unless the run has registered: then the value
   * in the plan record counts.
   */
  readonly replaces?: string | undefined;
}

export interface Endings extends Required<Transaction> {
  /** Gateway and version of the plan record, if it has too many claims for this transaction. Its claims are freed afterwards. */
  readonly left?: GatewayVersion;
}

/** The entries that were read, and the lease that was granted, before the plan record was known. */
export interface ReadAhead {
  readonly retentionSeconds: number;
  readonly retained: readonly Entry[];
  /** The record of secrets. */
  readonly secrets: Entry;
  readonly lease: string | undefined;
}

/** Keys of the records that stay readable for a while after the end. */
export function retainedKeys({ gateway, jobs }: Pick<PlanRecord, 'gateway' | 'jobs'>): readonly string[] {
  return [KEYS.jobState(gateway), ...Object.values(jobs).map(KEYS.job)];
}

/**
 * The writes that end a registered run, beside `/state`: the lease of its jobs and `job_state`; after a failure the reason in `heat_stacks`; and the plan
 * record, claims and secrets as they are from now on.
 */
export async function endingsOf(
  client: EtcdClient,
  record: PlanRecord,
  outcome: (Completed | Failed) & { readonly isGone: boolean },
  { retentionSeconds, retained: known, secrets: secretsEntry, lease: granted }: ReadAhead,
): Promise<Endings> {
  const { action, gateway, tenant } = record;
  const retained = retainedKeys(record);
  const next = recordAfter(record, outcome);
  const unneeded = claimsOnlyOf(record, next).map(({ key }) => key);
  const isLeft = unneeded.length > REMOVED_AT_ONCE;
  const isSame = next === record;
  const secrets = isSame && outcome.kind === 'failed' ? undefined : secretsKept(secretsEntry, next);
  // The plan record of a creation stays as it is. But an earlier creation that was never applied may have left secrets.
  const isToTidy = !isSame || (secrets !== undefined && secrets.put.length + secrets.remove.length > 0);
  // A router may owe a change of another version of the gateway, of which this run knows nothing.
  const seen = isToTidy && !isLeft ? await routerFences(client, record) : undefined;
  const fences = seen?.carrying.length === 0 ? seen.fences : undefined;
  const claims = fences === undefined ? [] : unneeded;
  const missing = retained.filter((key) => !known.some((entry) => entry.key === key));
  const [read, lease] = await Promise.all([
    client.read('publish', [...missing, ...claims]),
    granted ?? client.grantLease('publish', retentionSeconds),
  ]);
  const entries = [...known, ...read];
  const marks = outcome.isGone ? marksOf(record, outcome) : undefined;
  const stays = fences === undefined ? record : next;
  const planPut =
    stays === undefined || (stays === record && marks === undefined)
      ? []
      : [{ key: KEYS.plan(gateway), value: { ...stays, ...marks } }];
  const existing = entries.filter(({ value }) => value !== undefined);
  const kept = existing.filter(({ key }) => retained.includes(key));
  const freed = existing.filter(
    (entry) => claims.includes(entry.key) && isSameGateway(holderOf(entry), gateway),
  );
  const tidied = fences === undefined || secrets === undefined ? [] : [secrets];
  return {
    ...(isLeft && { left: gateway }),
    // If the claims stay because a router owes a change, whoever makes that change frees them: but only if the outcome is published by then.
    unchanged: [
      ...kept,
      ...freed,
      ...(fences ?? seen?.carrying ?? []),
      ...tidied.flatMap(({ unchanged }) => unchanged),
    ],
    retain: kept.map(({ key }) => ({ key, lease })),
    put: [
      ...(outcome.kind === 'failed'
        ? [
            {
              key: KEYS.stack(gateway),
              value: failedStackRecord(gateway, tenant, outcome.error, action),
            },
          ]
        : []),
      ...planPut,
      ...tidied.flatMap(({ put }) => put),
    ],
    remove: [
      ...(fences === undefined || next !== undefined
        ? changingKeys(record)
        : [KEYS.plan(gateway), ...childKeys(record)]),
      ...freed.map(({ key }) => key),
      ...tidied.flatMap(({ remove }) => remove),
    ],
  };
}

/** Where `/state` can't say how the change has ended, the plan record does, if it stays. */
function marksOf({ action }: PlanRecord, { kind }: Completed | Failed): Partial<PlanRecord> | undefined {
  if (kind === 'failed') return { failed: true };
  return action === 'delete' ? { published: true } : undefined;
}

/** The plan record from now on; `undefined`: there is none. If it is the same record, it stays as it is, with its claims. */
function recordAfter(record: PlanRecord, outcome: Completed | Failed): PlanRecord | undefined {
  if (outcome.kind === 'completed') return madeRecord(record);
  const isClean = outcome.clean && !record.mayBeApplied && record.disputed !== true;
  return isClean ? settledRecord(withoutChange(record)) : record;
}
