/** Maintenance holds. Under a hold no reservation of the router begins. A reservation that has begun goes on to its end. */
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
    // A hold that is repeated with the same reason keeps the time at which it began.
    if (before?.reason === hold.reason) return done(router.record);
    return setMaintenance(router, { reason: hold.reason, since: before?.since ?? hold.since });
  });
  return withOwedChanges(client, routerId, record);
}

export async function endMaintenance(client: EtcdClient, routerId: string): Promise<MaintenanceHold | null> {
  // Remembered from the first look. If the answer to the write is lost, the second look finds no hold any more.
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
