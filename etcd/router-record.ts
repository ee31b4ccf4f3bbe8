/** `/gateway-saga/routers/<edge router id>`: turn and hold (T8), with the debts that are kept beside it (T7). */
import type { Debt, Hold, RouterRecord, Turn } from '../pair/transactions.ts';
import { ROLES } from '../gateway/resource.ts';
import type { Role } from '../gateway/resource.ts';
import type { Entry, EtcdClient } from './client.ts';
import { parseObject } from './envelope.ts';
import { StoreCorruptError, readable } from './errors.ts';
import { KEYS, ROUTERS, routerOfKey } from './keys.ts';
import { isGatewayVersion, isRouterConfiguration, isText } from './shape.ts';
import { problemOf } from './router-record-shape.ts';

/** A turn as whoever has it knows it. */
export interface HeldTurn {
  readonly turn: string;
  /** Ids of the two edge routers, in any order. */
  readonly routers: readonly [string, string];
}

/** T3: the number under which a turn is worked on. */
export interface TurnAttempt extends HeldTurn {
  readonly attempt: number;
}

/** Records of both routers, in the order in which they were named. */
export type RouterRecords = readonly [RouterRecord, RouterRecord];

/** What stands under the router's own key. */
export interface TurnRecord {
  readonly turn: Turn | null;
  readonly hold: Hold | null;
  /** Of each pair that gave a turn back here: when the last call of that turn was scheduled, in ms since the epoch. Absent: not known. */
  readonly past?: Readonly<Record<string, number>>;
}

/** A router's own key as it was read, and what it says. */
export interface RouterEntry {
  readonly id: string;
  readonly entry: Entry;
  readonly record: TurnRecord;
}

/** Both routers' keys at one revision. Throws a `TypeError` for one router named twice. */
export async function readPair(
  client: EtcdClient,
  operation: string,
  routers: HeldTurn['routers'],
): Promise<readonly [RouterEntry, RouterEntry]> {
  assertTwo(routers);
  const [one, other] = routers;
  const entries = await client.read(operation, [KEYS.router(one), KEYS.router(other)] as const);
  return [routerEntryOf(one, entries[0]), routerEntryOf(other, entries[1])];
}

export interface OwingRouter extends RouterEntry {
  readonly debts: readonly Debt[];
}

export type OwingPair = readonly [OwingRouter, OwingRouter];

/**
 * The same with what the routers owe. Every change of a debt writes its router's key, too: where that is compared with what was read,
 * the debts have not changed either.
 */
export async function readOwingPair(
  client: EtcdClient,
  operation: string,
  routers: HeldTurn['routers'],
): Promise<OwingPair> {
  assertTwo(routers);
  const asked = routers.map((id) => ({ key: KEYS.router(id), prefix: KEYS.debts(id) }));
  const found = await client.readWith(operation, asked);
  const [one, other] = found.map(({ entry, under }, index) => ({
    ...routerEntryOf(routers[index] ?? '', entry),
    debts: under.map(debtOf),
  }));
  return [one as OwingRouter, other as OwingRouter];
}

/** What is known outside of both. */
export function recordsOf([one, other]: OwingPair): RouterRecords {
  const recordOf = ({ record: { turn, hold }, debts }: OwingRouter) => ({ turn, hold, debts });
  return [recordOf(one), recordOf(other)];
}

function assertTwo([one, other]: HeldTurn['routers']): void {
  if (one === other) throw new TypeError(`Expected two routers, got ${one} twice`);
}

export async function readEntry(client: EtcdClient, operation: string, id: string): Promise<RouterEntry> {
  const [entry] = await client.read(operation, [KEYS.router(id)] as const);
  return routerEntryOf(id, entry);
}

/** What is to be written of a router. Always whole, and never nothing: see the invariants of `pair-store.ts`. */
export function recordPut({ entry }: RouterEntry, { turn, hold, past }: TurnRecord) {
  return { key: entry.key, value: { turn, hold, ...(past && { past }) } satisfies TurnRecord };
}

export async function readRouter(client: EtcdClient, id: string): Promise<RouterRecord> {
  const { record } = await readEntry(client, 'router', id);
  return withDebts(client, id, record);
}

export async function withDebts(client: EtcdClient, id: string, record: TurnRecord): Promise<RouterRecord> {
  return knownOf(record, await client.readPrefix('debts', KEYS.debts(id)));
}

/** One that can't be read must not hide the others. */
export async function readRouters(
  client: EtcdClient,
): Promise<ReadonlyMap<string, RouterRecord | StoreCorruptError>> {
  const [records, debts] = await Promise.all([
    client.readPrefix('routers', ROUTERS),
    client.readPrefix('routers', KEYS.debts()),
  ]);
  const ids = [...records, ...debts].map(({ key }) => routerOfKey(key)).filter((id) => id !== undefined);
  const found = new Map(records.map((entry) => [entry.key, entry]));
  return new Map(
    [...new Set(ids)].sort().map((id) => {
      const owed = debts.filter(({ key }) => routerOfKey(key) === id);
      return [id, readable(() => knownOf(turnRecordOf(found.get(KEYS.router(id))), owed))];
    }),
  );
}

function knownOf({ turn, hold }: TurnRecord, owed: readonly Entry[]): RouterRecord {
  return { turn, hold, debts: owed.map(debtOf) };
}

/** Throws a `StoreCorruptError` when it can't be read. */
export function debtOf({ key, value }: Entry): Debt {
  const debt = parseObject(value ?? '');
  if (typeof debt === 'string') throw new StoreCorruptError(key, `it ${debt}`);
  const whole =
    isGatewayVersion(debt['gateway']) &&
    ROLES.includes(debt['role'] as Role) &&
    isRouterConfiguration(debt['configuration']) &&
    isText(debt['since']) &&
    isText(debt['reason']);
  if (!whole) throw new StoreCorruptError(key, 'it is not a whole debt');
  return debt as unknown as Debt;
}

function routerEntryOf(id: string, entry: Entry): RouterEntry {
  return { id, entry, record: turnRecordOf(entry) };
}

/** Absent: nobody has the turn, nobody holds it. Throws a `StoreCorruptError` when it can't be read. */
function turnRecordOf(entry: Entry | undefined): TurnRecord {
  if (entry?.value === undefined) return { turn: null, hold: null };
  const record = parseObject(entry.value);
  if (typeof record === 'string') throw new StoreCorruptError(entry.key, `it ${record}`);
  const { turn = null, hold = null, past } = record;
  const problem = problemOf({ turn, hold, past });
  if (problem !== undefined) throw new StoreCorruptError(entry.key, problem);
  return { turn, hold, ...(past === undefined ? {} : { past }) } as TurnRecord;
}
