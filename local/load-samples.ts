import { EtcdClient } from '../etcd/client.ts';
import type { Store } from '../etcd/store.ts';
import { toHeatTemplates } from '../templates/published.ts';
import { loadKinds } from '../templates/load.ts';
import type { ConfigRecord } from './samples.ts';

/** Writes records in one transaction, byte for byte, as the northbound API would. */
export async function writeRecords(
  endpoints: readonly string[],
  records: readonly ConfigRecord[],
): Promise<void> {
  const client = new EtcdClient({ endpoints });
  try {
    const put = records.map(({ key, value }) => ({ key, value: Buffer.from(value) }));
    const written = await client.write('records', { unchanged: [], put });
    if (written.kind !== 'applied') throw new Error(`etcd did not take the records: ${written.kind}`);
  } finally {
    client.close();
  }
}

/**
 * Publishes the kinds in a folder, as `gateway-saga templates publish` does. Default: the kinds that come with the program. Resolves to the ids of
 * the templates.
 */
export async function publishKinds(store: Store, folder?: string): Promise<string[]> {
  const ids: string[] = [];
  for (const { kind } of (await loadKinds(folder)).values()) {
    const templates = toHeatTemplates(kind);
    await store.publishTemplates(templates);
    ids.push(...templates.map(({ id }) => id));
  }
  return ids;
}
