/** Maintenance holds. They concern only who has not begun yet: a turn that is on is settled under a hold as without one. */
import type { MaintenanceHold, RouterRecord } from '../pair/transactions.ts';
import type { EtcdClient } from './client.ts';
import { transact, done } from './transact.ts';
import { readEntry, recordPut, withOwedChanges } from './router-record.ts';
import type { RouterEntry } from './router-record.ts';

export async function beginMaintenance(client: EtcdClient, routerId: string, hold: MaintenanceHold): Promise<RouterRecord> {
  const record = await transact(client, 'hold', async () => {
    const router = await readEntry(client, 'hold', routerId);
    const { maintenance: before } = router.record;
    // Asked again, it began when it began.
    if (before?.reason === hold.reason) return done(router.record);
    return setMaintenance(router, { reason: hold.reason, since: before?.since ?? hold.since });
  });
  return withOwedChanges(client, routerId, record);
}

export async function endMaintenance(client: EtcdClient, routerId: string): Promise<MaintenanceHold | null> {
  // Kept from the first look: after an answer that was lost, the second finds it gone already.
  let ended: MaintenanceHold | null = null;
  await transact(client, 'release', async () => {
    const router = await readEntry(client, 'release', routerId);
    if (!router.record.maintenance) return done(router.record);
    ended = router.record.maintenance;
    return setMaintenance(router, null);
  });
  return ended;
}

function setMaintenance(router: RouterEntry, hold: MaintenanceHold | null) {
  const record = { ...router.record, hold };
  return {
    kind: 'write',
    outcome: record,
    transaction: { unchanged: [router.entry], put: [recordPut(router, record)] },
  } as const;
}
