/** Writes records under `/config`, as the northbound API would: each as a whole, at a higher version than the record that stands there. */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../gateway/resource.ts';
import type { Fields, ResourceRef } from '../gateway/resource.ts';
import type { Entry, EtcdClient } from './client.ts';
import { configVersion, recordOf } from './envelope.ts';
import { KEYS } from './keys.ts';
import { done, transact } from './transact.ts';

export type PutConfigOutcome =
  /** `unchanged`: the same record stood there; nothing was written. */
  | { readonly kind: 'written' | 'unchanged'; readonly key: string; readonly version: number }
  /** Another record stands there, at this version or a higher one. Nothing was written. */
  | { readonly kind: 'not higher'; readonly key: string; readonly version: number };

/** Throws a `TypeError` for an envelope that is no record: `readEnvelope` says why. */
export function putConfig(client: EtcdClient, ref: ResourceRef, envelope: Fields): Promise<PutConfigOutcome> {
  const record = readEnvelope(ref, envelope);
  if (!isRecord(record)) throw new TypeError('Expected a record of /config, got something else');
  const { version, body, markedForDeletion } = record;
  return transact<PutConfigOutcome>(client, 'put config', async (_, unanswered) => {
    const [entry] = await client.read('put config', [KEYS.config(ref)] as const);
    const { key } = entry;
    const found = recordOf(ref, entry);
    const isSame =
      isRecord(found) &&
      isDeepStrictEqual(
        [found.version, found.body, found.markedForDeletion],
        [version, body, markedForDeletion],
      );
    if (isSame) return done(unanswered ?? { kind: 'unchanged', key, version });
    const standing = configVersion(entry);
    if (standing !== null && standing >= version) return done({ kind: 'not higher', key, version: standing });
    const value = { ...envelope, marked_for_deletion: markedForDeletion };
    return {
      kind: 'write',
      transaction: { unchanged: [entry], put: [{ key, value }] },
      outcome: { kind: 'written', key, version },
    };
  });
}

/** Reads an envelope as if it stood in etcd already. */
export function readEnvelope(ref: ResourceRef, envelope: Fields): ReturnType<typeof recordOf> {
  const entry: Entry = {
    key: KEYS.config(ref),
    value: Buffer.from(JSON.stringify(envelope)),
    modRevision: '0',
    lease: '0',
  };
  return recordOf(ref, entry);
}
