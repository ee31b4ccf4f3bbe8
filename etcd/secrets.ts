/**
 * `/gateway-saga/secrets/<plural>/<id>`: the secrets of both ends of a gateway's change, and of what is owed of it. The texts in the plan record
 * and in owed changes have placeholders in their place. Invariants: (1) a secret is written in the transaction that writes the first text with its
 * placeholder; (2) it stays as long as a text has its placeholder, and goes in the transaction that removes the last one. A registration
 * that takes the place of one that was never applied leaves the secrets of that one; they go when its own change is published.
 */
import * as v from 'valibot';
import type { GatewayRef } from '../gateway/resource.ts';
import type { Entry, EtcdClient, Transaction } from './client.ts';
import { parseObject } from './envelope.ts';
import { assertKnown } from './record-schemas.ts';
import { StoreCorruptError, readable, readableOrNewer } from './errors.ts';
import { KEYS } from './keys.ts';
import { readEach } from './members.ts';
import type { PlanRecord } from './plan-record.ts';

export interface GatewaySecrets {
  /** Random, in base64. The placeholders have digests of their secrets that are made with it, so that nobody can guess a secret from its digest. */
  readonly key: string;
  /** By placeholder. */
  readonly values: Readonly<Record<string, string>>;
}

const SCHEMA = v.object({
  key: v.pipe(v.string(), v.minLength(1)),
  values: v.record(v.string(), v.string()),
});

/** The secrets in a record; `undefined`: there is no record. Throws a `StoreCorruptError`, which shows nothing of the record. */
export function secretsOf(entry: Entry): GatewaySecrets | undefined {
  if (entry.value === undefined) return undefined;
  const record = parseObject(entry.value);
  if (typeof record === 'string') throw new StoreCorruptError(entry.key, `it ${record}`);
  assertKnown(entry.key, record);
  const parsed = v.safeParse(SCHEMA, record);
  if (!parsed.success) throw new StoreCorruptError(entry.key, 'expected a key and secrets by placeholder');
  return parsed.output;
}

/** The key of a gateway's secrets. `undefined`: it has none, or the record can't be read. */
export function secretsKeyIn(entry: Entry): string | undefined {
  const secrets = readable(() => secretsOf(entry));
  return secrets instanceof StoreCorruptError ? undefined : secrets?.key;
}

/** Reads the secrets of gateways, in the order of `gateways`. A record that can't be read does not hide the others. */
export function readSecrets(
  client: EtcdClient,
  gateways: readonly GatewayRef[],
): Promise<readonly (GatewaySecrets | StoreCorruptError | undefined)[]> {
  return readEach(client, 'secrets', gateways, KEYS.secrets, (entry) =>
    readableOrNewer(() => secretsOf(entry)),
  );
}

/**
 * The write that adds these secrets to the gateway's record of secrets; empty if the record has them already. `undefined`: the record has another key, so
 * the placeholders were made from a record that has been replaced.
 */
export function secretsAdded(
  entry: Entry,
  secrets: GatewaySecrets | undefined,
): NonNullable<Transaction['put']> | undefined {
  if (secrets === undefined) return [];
  const standing = secretsOf(entry);
  if (standing !== undefined && standing.key !== secrets.key) return undefined;
  const missing = Object.keys(secrets.values).some(
    (placeholder) => standing?.values[placeholder] === undefined,
  );
  if (!missing) return [];
  return [
    { key: entry.key, value: { key: secrets.key, values: { ...standing?.values, ...secrets.values } } },
  ];
}

/**
 * What a transaction compares and writes so that only the secrets of this plan record are left. `undefined`: no record is left. Only for a
 * gateway of which no router owes a change.
 */
export function secretsKept(
  entry: Entry,
  record: Pick<PlanRecord, 'routers'> | undefined,
): Required<Pick<Transaction, 'unchanged' | 'put' | 'remove'>> {
  const none = { unchanged: [], put: [], remove: [] };
  if (entry.value === undefined) return none;
  // A record that can't be read stays as long as something stands: a person may mend it.
  const standing = readable(() => secretsOf(entry));
  if (standing instanceof StoreCorruptError || standing === undefined)
    return record === undefined ? { ...none, unchanged: [entry], remove: [entry.key] } : none;
  const texts = JSON.stringify(record?.routers ?? null);
  const values = Object.entries(standing.values);
  const kept = values.filter(([placeholder]) => texts.includes(placeholder));
  if (kept.length === 0) return { unchanged: [entry], put: [], remove: [entry.key] };
  if (kept.length === values.length) return none;
  const value = { key: standing.key, values: Object.fromEntries(kept) };
  return { unchanged: [entry], put: [{ key: entry.key, value }], remove: [] };
}
