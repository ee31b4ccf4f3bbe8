import type { Lookup, ResourceRef } from '../gateway/resource.ts';
import { setImmediate } from 'node:timers/promises';
import type { Entry, EtcdClient } from './client.ts';
import { recordOf } from './envelope.ts';
import { KEYS, isSegment } from './keys.ts';

/** Records of `/config`, all as they were at the revision of the first read. */
export interface Snapshot {
  /** Never throws for bad data: what is not a record comes back as `missing` or `malformed`. */
  read(ref: ResourceRef): Promise<Lookup>;
  /** `/config/v2.0/heat_templates/<id>`, as of the same revision. */
  readTemplate(id: string): Promise<Lookup>;
}

export function openSnapshot(client: EtcdClient): Snapshot {
  let revision: Promise<string> | undefined;
  let waiting: { readonly keys: string[]; readonly entries: Promise<readonly Entry[]> } | undefined;

  /** What is asked for in one turn of the event loop is read in one request: a gateway's neighbours come level by level. */
  const readKey = async (key: string): Promise<Entry> => {
    waiting ??= batch();
    const index = waiting.keys.push(key) - 1;
    const entry = (await waiting.entries)[index];
    if (entry === undefined) throw new Error(`expected an entry for ${key}, got none`);
    return entry;
  };
  const batch = () => {
    const keys: string[] = [];
    const entries = setImmediate().then(async () => {
      waiting = undefined;
      return revision === undefined ? readFirst(keys) : client.read('read', keys, await revision);
    });
    return { keys, entries };
  };
  /** Whoever asks meanwhile waits for this answer's revision. */
  const readFirst = async (keys: readonly string[]): Promise<readonly Entry[]> => {
    const first = client.readNow('read', keys);
    revision = first.then((answer) => answer.revision);
    // Its failure is `first`'s, which is thrown below: on its own it must not count as unhandled.
    revision.catch(() => undefined);
    try {
      return (await first).entries;
    } catch (error) {
      revision = undefined;
      throw error;
    }
  };

  const read = async (ref: ResourceRef): Promise<Lookup> => {
    if (!isSegment(ref.type) || !isSegment(ref.id)) {
      const reason = 'expected a type and an id without "/" and control characters';
      return { kind: 'malformed', reason };
    }
    return recordOf(ref, await readKey(KEYS.config(ref)));
  };
  return { read, readTemplate: (id) => read({ type: 'heat_template', id }) };
}
