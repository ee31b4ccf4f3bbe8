/** Maintenance holds. A hold keeps reservations from beginning; one that has begun is settled under a hold as without one. */
import type { MaintenanceHold, RouterRecord } from '../pair/transactions.ts';
import type { EtcdClient } from './client.ts';
import { transact, done } from './transact.ts';
import { readEntry, recordPut, withOwedChanges } from './router-record.ts';
import type { RouterEntry } from './router-record.ts';

export async function beginMaintenance(
  client: EtcdClient,
  routerId: string,
  hold: MaintenanceHold,
): Promise<RouterRecord> {
  const record = await transact(client, 'begin maintenance', async () => {
    const router = await readEntry(client, 'begin maintenance', routerId);
    const { maintenance: before } = router.record;
    // The same hold again keeps the time at which it began.
    if (before?.reason === hold.reason) return done(router.record);
    return setMaintenance(router, { reason: hold.reason, since: before?.since ?? hold.since });
  });
  return withOwedChanges(client, routerId, record);
}

export async function endMaintenance(client: EtcdClient, routerId: string): Promise<MaintenanceHold | null> {
  // Remembered from the first look: after a lost answer the second look finds the hold ended already.
  let ended: MaintenanceHold | null = null;
  await transact(client, 'end maintenance', async () => {
    const router = await readEntry(client, 'end maintenance', routerId);
    if (!router.record.maintenance) return done(router.record);
    ended = router.record.maintenance;
    return setMaintenance(router, null);
  });
  return ended;
}

function setMaintenance(router: RouterEntry, maintenance: MaintenanceHold | null) {
  const record = { ...router.record, maintenance };
  return {
    kind: 'write',
    outcome: record,
    transaction: { unchanged: [router.entry], put: [recordPut(router, record)] },
  } as const;
}
