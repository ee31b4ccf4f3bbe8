/** `/gateway-saga/routers/<edge router id>`: turn and hold (T8), with the debts that are kept beside it (T7). */
import type { OwedChange, MaintenanceHold, RouterRecord, Reservation } from '../pair/transactions.ts';
import { ROLES } from '../gateway/resource.ts';
import type { Role } from '../gateway/resource.ts';
import type { Entry, EtcdClient } from './client.ts';
import { isFields, parseObject } from './envelope.ts';
import { StoreCorruptError, readable } from './errors.ts';
import { KEYS, ROUTERS, routerOfKey } from './keys.ts';
import { isGatewayVersion, isRouterConfiguration, isText } from './shape.ts';
import { problemOf } from './router-record-shape.ts';

/** A turn as whoever has it knows it. */
export interface ReservationRef {
  readonly reservation: string;
  /** Ids of the two edge routers, in any order. */
  readonly routers: readonly [string, string];
}

/** T3: the number under which a turn is worked on. */
export interface Fence extends ReservationRef {
  readonly token: number;
}

/** Records of both routers, in the order in which they were named. */
export type RouterRecords = readonly [RouterRecord, RouterRecord];

/** What stands under the router's own key. */
export interface StoredRouter {
  readonly reservation: Reservation | null;
  readonly maintenance: MaintenanceHold | null;
  /** Of each pair that gave a turn back here: when the last call of that turn was scheduled, in ms since the epoch. Absent: not known. */
  readonly past?: Readonly<Record<string, number>>;
}

/** A router's own key as it was read, and what it says. */
export interface RouterEntry {
  readonly id: string;
  readonly entry: Entry;
  readonly record: StoredRouter;
}

/** Both routers' keys at one revision. Throws a `TypeError` for one router named twice. */
export async function readPair(
  client: EtcdClient,
  operation: string,
  routers: ReservationRef['routers'],
): Promise<readonly [RouterEntry, RouterEntry]> {
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
 * The same with what the routers owe. Every change of a debt writes its router's key, too: where that is compared with what was read,
 * the debts have not changed either.
 */
export async function readOwingPair(
  client: EtcdClient,
  operation: string,
  routers: ReservationRef['routers'],
): Promise<OwingPair> {
  assertTwo(routers);
  const asked = routers.map((id) => ({ key: KEYS.router(id), prefix: KEYS.owedChanges(id) }));
  const found = await client.readWith(operation, asked);
  const [one, other] = found.map(({ entry, under }, index) => ({
    ...routerEntryOf(routers[index] ?? '', entry),
    owedChanges: under.map(owedChangeOf),
  }));
  return [one as OwingRouter, other as OwingRouter];
}

/** What is known outside of both. */
export function recordsOf([one, other]: OwingPair): RouterRecords {
  const recordOf = ({ record, owedChanges }: OwingRouter): RouterRecord => ({
    reservation: record.reservation,
    maintenance: record.maintenance,
    owedChanges,
  });
  return [recordOf(one), recordOf(other)];
}

function assertTwo([one, other]: ReservationRef['routers']): void {
  if (one === other) throw new TypeError(`Expected two routers, got ${one} twice`);
}

export async function readEntry(client: EtcdClient, operation: string, id: string): Promise<RouterEntry> {
  const [entry] = await client.read(operation, [KEYS.router(id)] as const);
  return routerEntryOf(id, entry);
}

/** What is to be written of a router. Always whole, and never nothing: see the invariants of `pair-store.ts`. */
export function recordPut({ entry }: RouterEntry, { reservation, maintenance, past }: StoredRouter) {
  return {
    key: entry.key,
    value: { reservation, maintenance, ...(past && { past }) } satisfies StoredRouter,
  };
}

export async function readRouter(client: EtcdClient, id: string): Promise<RouterRecord> {
  const { record } = await readEntry(client, 'router', id);
  return withOwedChanges(client, id, record);
}

export async function withOwedChanges(
  client: EtcdClient,
  id: string,
  record: StoredRouter,
): Promise<RouterRecord> {
  return knownOf(record, await client.readPrefix('owed changes', KEYS.owedChanges(id)));
}

/** One that can't be read must not hide the others. */
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
      return [id, readable(() => knownOf(storedRouterOf(found.get(KEYS.router(id))), owed))];
    }),
  );
}

function knownOf({ reservation, maintenance }: StoredRouter, owed: readonly Entry[]): RouterRecord {
  return { reservation, maintenance, owedChanges: owed.map(owedChangeOf) };
}

/** Throws a `StoreCorruptError` when it can't be read. */
export function owedChangeOf({ key, value }: Entry): OwedChange {
  const owedChange = parseObject(value ?? '');
  if (typeof owedChange === 'string') throw new StoreCorruptError(key, `it ${owedChange}`);
  const whole =
    isGatewayVersion(owedChange['gateway']) &&
    ROLES.includes(owedChange['role'] as Role) &&
    isChange(owedChange['change']) &&
    isText(owedChange['since']) &&
    isText(owedChange['reason']);
  if (!whole) throw new StoreCorruptError(key, 'it is not a whole owed change');
  return owedChange as unknown as OwedChange;
}

function routerEntryOf(id: string, entry: Entry): RouterEntry {
  return { id, entry, record: storedRouterOf(entry) };
}

/** A router without a record is neither reserved nor held for maintenance. Throws a `StoreCorruptError` if the record can't be read. */
function storedRouterOf(entry: Entry | undefined): StoredRouter {
  if (entry?.value === undefined) return { reservation: null, maintenance: null };
  const record = parseObject(entry.value);
  if (typeof record === 'string') throw new StoreCorruptError(entry.key, `it ${record}`);
  const { reservation = null, maintenance = null, past } = record;
  const problem = problemOf({ reservation, maintenance, past });
  if (problem !== undefined) throw new StoreCorruptError(entry.key, problem);
  return { reservation, maintenance, ...(past === undefined ? {} : { past }) } as StoredRouter;
}

function isChange(value: unknown): boolean {
  if (!isFields(value)) return false;
  return [value['before'], value['after']].every((end) => end === null || isRouterConfiguration(end));
}
