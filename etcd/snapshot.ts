import { setImmediate } from 'node:timers/promises';
import type { Lookup, ResourceRef } from '../gateway/resource.ts';
import type { Entry, EtcdClient } from './client.ts';
import { recordOf } from './envelope.ts';
import { KEYS, isSegment } from './keys.ts';

/** Records of `/config`, all as they were at the revision of the first read. */
export interface Snapshot {
  /** Never throws for bad data: what is not a record comes back as `missing` or `malformed`. */
  read(ref: ResourceRef): Promise<Lookup>;
  /** `/config/v2.0/heat_templates/<id>`, as of the same revision. */
  readTemplate(id: string): Promise<Lookup>;
  /** Everything that was read so far, each once. */
  readonly walked: readonly ResourceRef[];
}

/** `expected`: what will be asked for, as far as it is known. All of it is read in the first request. */
export function openSnapshot(client: EtcdClient, expected: readonly ResourceRef[] = []): Snapshot {
  const walked = new Map<string, ResourceRef>();
  const entries = new Map<string, Promise<Entry>>();
  let revision: Promise<string> | undefined;
  let waiting: { readonly keys: string[]; readonly read: Promise<readonly Entry[]> } | undefined;

  /** What is asked for in one turn of the event loop is read in one request: a gateway's neighbours come level by level. */
  const readKey = (key: string): Promise<Entry> => {
    const known = entries.get(key);
    if (known !== undefined) return known;
    const batch = (waiting ??= nextBatch());
    const index = batch.keys.push(key) - 1;
    const entry = batch.read.then((found) => {
      const one = found[index];
      if (one === undefined) throw new Error(`expected an entry for ${key}, got none`);
      return one;
    });
    entries.set(key, entry);
    // After a failure the key is asked for again. Whether anybody waits for this one is not known here.
    entry.catch(() => entries.delete(key));
    return entry;
  };
  const nextBatch = () => {
    const keys: string[] = [];
    const read = setImmediate().then(async () => {
      waiting = undefined;
      return revision === undefined ? readFirst(keys) : client.read('read', keys, await revision);
    });
    return { keys, read };
  };
  /** Reads that begin meanwhile wait for this answer's revision. */
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

  let isFirst = true;
  const read = async (ref: ResourceRef): Promise<Lookup> => {
    if (!isReadable(ref)) {
      const reason = 'expected a type and an id without "/" and control characters';
      return { kind: 'malformed', reason };
    }
    const key = KEYS.config(ref);
    walked.set(key, ref);
    const entry = readKey(key);
    if (isFirst) for (const one of expected.filter(isReadable)) void readKey(KEYS.config(one));
    isFirst = false;
    return recordOf(ref, await entry);
  };
  return {
    read,
    readTemplate: (id) => read({ type: 'heat_template', id }),
    get walked() {
      return [...walked.values()];
    },
  };
}

function isReadable({ type, id }: ResourceRef): boolean {
  return isSegment(type) && isSegment(id);
}
