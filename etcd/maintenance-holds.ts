/** Maintenance holds. They concern only who has not begun yet: a turn that is on is settled under a hold as without one. */
import type { Hold, RouterRecord } from '../pair/transactions.ts';
import type { EtcdClient } from './client.ts';
import { decide, done } from './transact.ts';
import { readEntry, recordPut, withDebts } from './router-record.ts';
import type { RouterEntry } from './router-record.ts';

export async function holdRouter(client: EtcdClient, routerId: string, hold: Hold): Promise<RouterRecord> {
  const record = await decide(client, 'hold', async () => {
    const router = await readEntry(client, 'hold', routerId);
    const { hold: before } = router.record;
    // Asked again, it began when it began.
    if (before?.reason === hold.reason) return done(router.record);
    return setHold(router, { reason: hold.reason, since: before?.since ?? hold.since });
  });
  return withDebts(client, routerId, record);
}

export async function releaseRouter(client: EtcdClient, routerId: string): Promise<Hold | null> {
  // Kept from the first look: after an answer that was lost, the second finds it gone already.
  let ended: Hold | null = null;
  await decide(client, 'release', async () => {
    const router = await readEntry(client, 'release', routerId);
    if (!router.record.hold) return done(router.record);
    ended = router.record.hold;
    return setHold(router, null);
  });
  return ended;
}

function setHold(router: RouterEntry, hold: Hold | null) {
  const record = { ...router.record, hold };
  return {
    kind: 'write',
    outcome: record,
    transaction: { unchanged: [router.entry], put: [recordPut(router, record)] },
  } as const;
}
