/** `/gateway-saga/routers/<edge router id>`: reservation ("one reservation", T8) and maintenance hold, with the owed changes beside it ("owed change", T7). */
import { createHash } from 'node:crypto';
import type {
  OwedChange,
  MaintenanceHold,
  Freed,
  Retirement,
  RouterRecord,
  Reservation,
} from '../pair/router-record.ts';
import type { Entry, EtcdClient } from './client.ts';
import { readableOrNewer } from './errors.ts';
import type { StoreCorruptError } from './errors.ts';
import { KEYS, ROUTERS, routerOfKey } from './keys.ts';
import { OWED_CHANGE_SCHEMA, ROUTER_SCHEMA, parseRecord } from './record-schemas.ts';

/** Names a reservation. */
export interface ReservationRef {
  readonly reservation: string;
  /** Ids of the two edge routers, in any order. */
  readonly routers: readonly [string, string];
}

/** Records of both routers, in the order in which they were named. */
export type RouterRecords = readonly [RouterRecord, RouterRecord];

/** The value of the router's own key. */
export interface StoredRouter {
  readonly reservation: Reservation | null;
  readonly maintenance: MaintenanceHold | null;
  /**
   * By pair: when the last call under the pair's last reservation of this router was scheduled, in ms since the epoch. A call of that pair that was
   * scheduled then or earlier is late. Absent: not known.
   */
  readonly past?: Readonly<Record<string, number>>;
  /** Absent: the router is not retired. */
  readonly retired?: Retirement | undefined;
  /** Who has ended the last hold or retirement. Absent: nobody has, or a hold has begun since. */
  readonly freed?: Freed | undefined;
}

/** A router's own key as it was read, and the record in it. */
export interface RouterEntry {
  readonly id: string;
  readonly entry: Entry;
  readonly record: StoredRouter;
}

export type RouterPair = readonly [RouterEntry, RouterEntry];

/** Both routers' keys at one revision. Throws a `TypeError` for one router named twice. */
export async function readPair(
  client: EtcdClient,
  operation: string,
  routers: ReservationRef['routers'],
): Promise<RouterPair> {
  assertTwo(routers);
  const [one, other] = routers;
  const entries = await client.read(operation, [KEYS.router(one), KEYS.router(other)] as const);
  return [routerEntryOf(one, entries[0]), routerEntryOf(other, entries[1])];
}

export interface OwingRouter extends RouterEntry {
  readonly owedChanges: readonly OwedChange[];
}

export type OwingPair = readonly [OwingRouter, OwingRouter];

/**
 * Reads both routers' keys and their owed changes at one revision. Every write of an owed change writes the router's key, too: so a
 * transaction that compares this key fails if an owed change has changed.
 */
export async function readOwingPair(
  client: EtcdClient,
  operation: string,
  routers: ReservationRef['routers'],
): Promise<OwingPair> {
  assertTwo(routers);
  const [one, other] = await readOwing(client, operation, routers);
  return [one as OwingRouter, other as OwingRouter];
}

export async function readOwing(
  client: EtcdClient,
  operation: string,
  routers: readonly string[],
): Promise<readonly OwingRouter[]> {
  const keys = routers.map((id) => ({ key: KEYS.router(id), prefix: KEYS.owedChanges(id) }));
  const found = await client.readWith(operation, keys);
  return found.map(({ entry, under }, index) => ({
    ...routerEntryOf(routers[index] ?? '', entry),
    owedChanges: under.map(owedChangeOf),
  }));
}

/** Both routers' records in the form that the code outside `etcd/` uses. */
export function recordsOf([one, other]: OwingPair): RouterRecords {
  return [recordOf(one), recordOf(other)];
}

function recordOf({ record, owedChanges }: OwingRouter): RouterRecord {
  return shown(record, owedChanges);
}

function shown(
  { reservation, maintenance, retired, freed }: StoredRouter,
  owedChanges: readonly OwedChange[],
): RouterRecord {
  return { reservation, maintenance, owedChanges, ...(retired && { retired }), ...(freed && { freed }) };
}

function assertTwo([one, other]: ReservationRef['routers']): void {
  if (one === other) throw new TypeError(`Expected two routers, got ${one} twice`);
}

export async function readEntry(client: EtcdClient, operation: string, id: string): Promise<RouterEntry> {
  const [entry] = await client.read(operation, [KEYS.router(id)] as const);
  return routerEntryOf(id, entry);
}

/**
 * The write of a router's record. It writes the whole record and never removes it: see the invariants of `pair-store.ts`. Fields that a newer
 * version has added stay.
 */
export function recordPut({ entry, record: before }: RouterEntry, record: StoredRouter) {
  const { reservation, maintenance, past, retired, freed } = record;
  const { reservation: _, maintenance: __, past: ___, retired: ____, freed: _____, ...others } = before;
  return {
    key: entry.key,
    value: {
      ...others,
      reservation,
      maintenance,
      ...(past && { past }),
      ...(retired && { retired }),
      ...(freed && { freed }),
    } satisfies StoredRouter,
  };
}

export async function readRouter(client: EtcdClient, id: string): Promise<RouterRecord> {
  const [router] = await readOwing(client, 'router', [id]);
  return recordOf(router as OwingRouter);
}

export async function withOwedChanges(
  client: EtcdClient,
  id: string,
  record: StoredRouter,
): Promise<RouterRecord> {
  const owed = await client.readPrefix('owed changes', KEYS.owedChanges(id));
  return shown(record, owed.map(owedChangeOf));
}

/** All routers' records by id. A record that can't be read does not hide the others. */
export async function readRouters(
  client: EtcdClient,
): Promise<ReadonlyMap<string, RouterRecord | StoreCorruptError>> {
  const [records, owedChanges] = await Promise.all([
    client.readPrefix('routers', ROUTERS),
    client.readPrefix('routers', KEYS.owedChanges()),
  ]);
  const ids = [...records, ...owedChanges]
    .map(({ key }) => routerOfKey(key))
    .filter((id) => id !== undefined);
  const found = new Map(records.map((entry) => [entry.key, entry]));
  return new Map(
    [...new Set(ids)].sort().map((id) => {
      const owed = owedChanges.filter(({ key }) => routerOfKey(key) === id);
      const read = () => {
        return shown(storedRouterOf(found.get(KEYS.router(id))), owed.map(owedChangeOf));
      };
      return [id, readableOrNewer(read)];
    }),
  );
}

/** The key has a digest of the change, so that the same change is owed only once. */
export function owedChangeKey(
  routerId: string,
  { gateway, change }: Pick<OwedChange, 'gateway' | 'change'>,
): string {
  const ends = [change.before, change.after].map(
    (end) => end && [end.create, end.arrange, end.remove, end.owns],
  );
  const digest = createHash('sha256').update(JSON.stringify(ends));
  return KEYS.owedChange(routerId, gateway, digest.digest('hex').slice(0, 16));
}

/** Throws a `StoreCorruptError` if it can't be read. */
export function owedChangeOf(entry: Entry): OwedChange {
  return parseRecord(entry, OWED_CHANGE_SCHEMA);
}

export function routerEntryOf(id: string, entry: Entry): RouterEntry {
  return { id, entry, record: storedRouterOf(entry) };
}

/** A router without a record is neither reserved nor held for maintenance. Throws a `StoreCorruptError` if the record can't be read. */
export function storedRouterOf(entry: Entry | undefined): StoredRouter {
  if (entry?.value === undefined) return { reservation: null, maintenance: null };
  return { reservation: null, maintenance: null, ...parseRecord(entry, ROUTER_SCHEMA) };
}
