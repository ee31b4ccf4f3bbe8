/**
 * What a saga's calls change in its plan record. A call that changes the record counts, and the record keeps when it was scheduled. A gateway
 * has one run at a time. So a call that was scheduled before the last call that counted is late: it comes from a run that has ended, or from
 * before a reset. A late call changes nothing.
 */
import type { GatewayVersion } from '../gateway/resource.ts';
import type { EtcdClient } from './client.ts';
import { supersededBy } from './envelope.ts';
import { KEYS } from './keys.ts';
import {
  isLaterCall,
  isOwnedBy,
  isKept,
  isKeptAt,
  isUndecided,
  notOwned,
  planRecordOf,
  readablePlanRecord,
} from './plan-record.ts';
import type { PermitApplyOutcome, PlanRecord } from './plan-record.ts';
import { isRewritten } from './planned-config.ts';
import { secretsKeyIn } from './secrets.ts';
import { done, transact } from './transact.ts';

const PERMIT = 'permit apply';
const VOID = 'void earlier calls';
const REVERTED = 'mark reverted';

export function permitApply(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
  scheduled?: number,
): Promise<PermitApplyOutcome> {
  return transact<PermitApplyOutcome>(client, PERMIT, async () => {
    const keys = [KEYS.gatewayConfig(gateway), KEYS.plan(gateway), KEYS.secrets(gateway)] as const;
    const [config, plan, secrets] = await client.read(PERMIT, keys);
    const record = planRecordOf(plan);
    const superseded = supersededBy(gateway, record?.action, config);
    if (superseded && !isKeptAt(record, gateway)) return done(superseded);
    if (!counts(record, gateway, run, scheduled)) return done(notOwned(plan));
    if (!isKept(record) && isRewritten(record.config, config, secretsKeyIn(secrets)))
      return done({ kind: 'rewritten' });
    const permitted = { ...heard(record, scheduled), mayBeApplied: true };
    // Compares the configuration, because a newer version must not be missed; and the plan record, because no other call may come in between.
    return {
      kind: 'write',
      outcome: { kind: 'permitted' },
      transaction: { unchanged: [config, plan], put: [{ key: plan.key, value: permitted }] },
    };
  });
}

export function voidEarlierCalls(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
  scheduled?: number,
): Promise<PlanRecord | undefined> {
  return change(client, VOID, gateway, run, scheduled, (record) => record);
}

/**
 * Changes nothing if the change is kept, because a late call may concern a change that stands by now. Changes nothing, either, while a router may still
 * decide the change.
 */
export function markReverted(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
  scheduled?: number,
): Promise<PlanRecord | undefined> {
  return change(client, REVERTED, gateway, run, scheduled, (record) =>
    isKept(record) || isUndecided(record) ? undefined : { ...record, mayBeApplied: false },
  );
}

function change(
  client: EtcdClient,
  operation: string,
  gateway: GatewayVersion,
  run: string,
  scheduled: number | undefined,
  changed: (record: PlanRecord) => PlanRecord | undefined,
): Promise<PlanRecord | undefined> {
  return transact<PlanRecord | undefined>(client, operation, async () => {
    const [plan] = await client.read(operation, [KEYS.plan(gateway)] as const);
    // A record that can't be read belongs to no run.
    const record = readablePlanRecord(plan);
    if (!counts(record, gateway, run, scheduled)) return done(undefined);
    const next = changed(heard(record, scheduled));
    if (next === undefined) return done(undefined);
    const transaction = { unchanged: [plan], put: [{ key: plan.key, value: next }] };
    return { kind: 'write', outcome: next, transaction };
  });
}

/** Whether the record is of this version and run, and no later call has counted. */
function counts(
  record: PlanRecord | undefined,
  gateway: GatewayVersion,
  run: string,
  scheduled: number | undefined,
): record is PlanRecord {
  return isOwnedBy(record, gateway, run) && isLaterCall(record, gateway, scheduled) !== true;
}

/** The record with the time of a call that counts. From then on every call that was scheduled earlier is late. */
function heard(record: PlanRecord, scheduled = record.scheduled): PlanRecord {
  return { ...record, ...(scheduled !== undefined && { scheduled }) };
}
