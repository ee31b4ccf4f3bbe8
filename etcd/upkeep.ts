/** What the metrics show of etcd: owed changes and maintenance holds, read in a few requests of bounded size. */
import { edgeRouter } from '../gateway/resource.ts';
import type { EtcdClient } from './client.ts';
import { StoreCorruptError, readableOrNewer } from './errors.ts';
import { KEYS, ROUTERS, routerOfKey } from './keys.ts';
import { owedChangeOf, routerEntryOf } from './router-record.ts';

export interface Upkeep {
  /** How many `edge_router` records there are. */
  readonly routers: number;
  /** How many changes each router owes, by router id. Those beyond a bound are counted under `undefined`. */
  readonly owed: ReadonlyMap<string | undefined, number>;
  /** ISO time of the oldest of them. Absent: there is none, or it can't be read. */
  readonly owedSince?: string;
  /** ISO time at which each hold began, by router id. A router that is retired is not counted: nobody has forgotten to release it. */
  readonly holds: ReadonlyMap<string, string>;
}

/** Most keys of owed changes that are told apart by their routers. */
const MOST_OWED = 1_000;
const OPERATION = 'upkeep';

export async function readUpkeep(client: EtcdClient): Promise<Upkeep> {
  const [configured, owed, oldest, records] = await Promise.all([
    client.keysUnder(OPERATION, KEYS.config(edgeRouter('x')).slice(0, -1), 1),
    client.keysUnder(OPERATION, KEYS.owedChanges(), MOST_OWED),
    client.oldestUnder(OPERATION, KEYS.owedChanges()),
    client.readInPages(OPERATION, ROUTERS),
  ]);
  const counts = new Map<string | undefined, number>();
  for (const key of owed.keys) counts.set(routerOfKey(key), (counts.get(routerOfKey(key)) ?? 0) + 1);
  const others = owed.count - owed.keys.length;
  if (others > 0) counts.set(undefined, (counts.get(undefined) ?? 0) + others);
  const first = oldest && readableOrNewer(() => owedChangeOf(oldest));
  const holds = records.flatMap((entry): (readonly [string, string])[] => {
    const id = routerOfKey(entry.key);
    const router = id === undefined ? undefined : readableOrNewer(() => routerEntryOf(id, entry));
    if (id === undefined || router === undefined || router instanceof StoreCorruptError) return [];
    const { maintenance, retired } = router.record;
    return maintenance === null || retired !== undefined ? [] : [[id, maintenance.since]];
  });
  return {
    routers: configured.count,
    owed: counts,
    ...(first !== undefined && !(first instanceof StoreCorruptError) && { owedSince: first.since }),
    holds: new Map(holds),
  };
}
