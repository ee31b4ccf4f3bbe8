/** Reads the plan records of many gateways in one request, or `/state` of many gateways in one request. */
import type { EtcdClient } from './client.ts';
import { readableOrNewer } from './errors.ts';
import type { StoreCorruptError } from './errors.ts';
import { KEYS, isSegment } from './keys.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { planRecordOf } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
import { stateOf } from './state.ts';
import type { StateFacts } from './state.ts';
import type { Entry } from './client.ts';

/** Most gateways in one read. A read is one transaction, and etcd takes up to 128 operations in a transaction. */
export const READ_LIMIT = 128;

const entries = new WeakMap<PlanRecord, Entry>();

/** The entry that a plan record was read from: a transaction that rests on the record compares it. */
export function planEntryOf(record: PlanRecord): Entry | undefined {
  return entries.get(record);
}

export function readPlans(
  client: EtcdClient,
  gateways: readonly GatewayRef[],
): Promise<readonly (PlanRecord | StoreCorruptError | undefined)[]> {
  // A record that can't be read must not hide the others of its batch.
  return readEach(client, 'plans', gateways, KEYS.plan, (entry) =>
    readableOrNewer(() => {
      const record = planRecordOf(entry);
      if (record !== undefined) entries.set(record, entry);
      return record;
    }),
  );
}

export function readStates(
  client: EtcdClient,
  gateways: readonly GatewayRef[],
): Promise<readonly (StateFacts | undefined)[]> {
  return readEach(client, 'states', gateways, KEYS.state, stateOf);
}

/**
 * Reads one record of each gateway in one request, in the order of `gateways`. Ids come from requests: a gateway with an id that can't be part of a key has
 * no record.
 */
export async function readEach<T>(
  client: EtcdClient,
  operation: string,
  gateways: readonly GatewayRef[],
  keyOf: (gateway: GatewayRef) => string,
  read: (entry: Entry) => T,
): Promise<readonly (T | undefined)[]> {
  const keys = gateways.map((gateway) =>
    isSegment(gateway.resourceType) && isSegment(gateway.resourceId) ? keyOf(gateway) : undefined,
  );
  const known = keys.filter((key) => key !== undefined);
  const found = new Map((await client.read(operation, known)).map((entry) => [entry.key, entry]));
  return keys.map((key) => {
    const entry = key === undefined ? undefined : found.get(key);
    return entry && read(entry);
  });
}
