/**
 * Maintenance holds. Under a hold no reservation of the router begins. A reservation that has begun goes on to its end, which comes soon if its batch only waits
 * for a router.
 */
import type { Freed, MaintenanceHold, RouterRecord } from '../pair/router-record.ts';
import type { EtcdClient } from './client.ts';
import { transact, done } from './transact.ts';
import { StoreCorruptError, readableOrNewer } from './errors.ts';
import { KEYS } from './keys.ts';
import { readEntry, recordPut, routerEntryOf, withOwedChanges } from './router-record.ts';
import type { RouterEntry } from './router-record.ts';

/** `onlyIfFree`: a hold that is there already stays as it is. Else this one takes its place. */
export async function beginMaintenance(
  client: EtcdClient,
  routerId: string,
  hold: MaintenanceHold,
  { onlyIfFree = false }: { readonly onlyIfFree?: boolean } = {},
): Promise<RouterRecord> {
  const record = await transact(client, 'begin maintenance', async () => {
    const router = await readEntry(client, 'begin maintenance', routerId);
    const { maintenance: before } = router.record;
    if (before && onlyIfFree) return done(router.record);
    // A hold that is repeated by the same person with the same reason keeps the time at which it began.
    if (before?.reason === hold.reason && before.by === hold.by) return done(router.record);
    return setMaintenance(router, { ...hold, since: before?.since ?? hold.since });
  });
  return withOwedChanges(client, routerId, record);
}

/** Resolves to the hold that has ended; `null`: there was none. `by`: who ends it, and when. Absent: the record does not say so. `only`: ends this hold only. */
export async function endMaintenance(
  client: EtcdClient,
  routerId: string,
  by?: Omit<Freed, 'from'>,
  only?: MaintenanceHold,
): Promise<MaintenanceHold | null> {
  // Remembered from the first look. If the answer to the write is lost, the second look finds no hold any more.
  let ended: MaintenanceHold | null = null;
  await transact(client, 'end maintenance', async () => {
    const router = await readEntry(client, 'end maintenance', routerId);
    const { maintenance } = router.record;
    if (!maintenance || (only && !isSameHold(maintenance, only))) return done(router.record);
    ended = maintenance;
    return setMaintenance(router, null, by && { from: 'hold', ...by });
  });
  return ended;
}

/** Whether one and the same person began both, at the same time and for the same reason. */
export function isSameHold(one: MaintenanceHold, other: MaintenanceHold): boolean {
  return one.reason === other.reason && one.by === other.by && one.since === other.since;
}

/** The holds of these routers, in their order; `null`: the router is not held, or its record can't be read. */
export async function readHolds(
  client: EtcdClient,
  routerIds: readonly string[],
): Promise<readonly (MaintenanceHold | null)[]> {
  const entries = await client.read(
    'holds',
    routerIds.map((id) => KEYS.router(id)),
  );
  return entries.map((entry, index) => {
    const router = readableOrNewer(() => routerEntryOf(routerIds[index] ?? '', entry));
    return router instanceof StoreCorruptError ? null : router.record.maintenance;
  });
}

function setMaintenance(router: RouterEntry, maintenance: MaintenanceHold | null, freed?: Freed) {
  const record = { ...router.record, maintenance, freed };
  return {
    kind: 'write',
    outcome: record,
    transaction: { unchanged: [router.entry], put: [recordPut(router, record)] },
  } as const;
}
