/** Compaction, and a database that is full. */
import { Etcd3 } from 'etcd3';
import { clientOptions } from '../../../etcd/options.ts';
import { administer, disarm } from '../../world/etcd-cluster.ts';
import { FILLER } from './recorder.ts';
import type { Site } from './site.ts';

const CHUNK = Buffer.alloc(1_400_000, 'x');
/** How many chunks are written at most: more than the quota takes. */
const MOST_CHUNKS = 40;
const LIMIT_MS = 5_000;

/** Compacts etcd up to what the recorder has recorded, so that the checker loses nothing. */
export async function compact(site: Site): Promise<void> {
  await on(site, async (etcd) => {
    await site.recorder.catchUp();
    await etcd.kv.compact({ revision: String(site.recorder.revision), physical: true });
  });
}

/** Writes until etcd takes no more (`NOSPACE`). */
export async function fill(site: Site): Promise<void> {
  await on(site, async (etcd) => {
    for (let number = 0; number < MOST_CHUNKS; number += 1) {
      try {
        await etcd.kv.put({ key: Buffer.from(FILLER), value: CHUNK });
      } catch (error) {
        if (/space/i.test(String(error))) return;
        throw error;
      }
    }
    throw new Error('etcd takes whatever it is given');
  });
}

/** What an administrator does: delete, compact, defragment, disarm. */
export async function makeRoom(site: Site): Promise<void> {
  await on(site, async (etcd) => {
    await etcd.kv.deleteRange({ key: Buffer.from(FILLER) });
    await site.recorder.catchUp();
    await etcd.kv
      .compact({ revision: String(site.recorder.revision), physical: true })
      .catch((error: unknown) => {
        if (!/compacted/i.test(String(error))) throw error;
      });
    // Each member has a database of its own.
    for (const endpoint of site.etcd)
      await administer(endpoint, LIMIT_MS, ({ maintenance }) => maintenance.defragment());
    await disarm(etcd);
  });
}

async function on(site: Site, act: (etcd: Etcd3) => Promise<void>): Promise<void> {
  const etcd = new Etcd3(clientOptions({ endpoints: site.etcd, deadlineMs: LIMIT_MS }));
  try {
    await act(etcd);
  } finally {
    etcd.close();
  }
}
