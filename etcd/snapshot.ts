import { setImmediate } from 'node:timers/promises';
import type { Lookup, ResourceRef } from '../gateway/resource.ts';
import type { Entry, EtcdClient } from './client.ts';
import { recordOf } from './envelope.ts';
import { KEYS, isSegment } from './keys.ts';
import { templateOf } from './templates.ts';
import type { TemplateLookup } from './templates.ts';

/** Records of `/config`, all as they were at the revision of the first read. */
export interface Snapshot {
  /** Reads one record. Never throws for bad data: a value that is no record is `missing` or `malformed`. */
  read(ref: ResourceRef): Promise<Lookup>;
  /** A published template, as of the same revision. */
  readTemplate(id: string): Promise<TemplateLookup>;
  /** Every resource that was requested so far, each once. */
  readonly recordsRead: readonly ResourceRef[];
}

/**
 * `expected`: the records that the caller will read, as far as it knows them. The first request reads all of them. `templates`: prefix of
 * the published templates.
 */
export function openSnapshot(
  client: EtcdClient,
  expected: readonly ResourceRef[] = [],
  templates: string = KEYS.heatTemplates,
): Snapshot {
  const keyOf = (ref: ResourceRef) => (ref.type === TEMPLATE ? `${templates}${ref.id}` : KEYS.config(ref));
  const recordsRead = new Map<string, ResourceRef>();
  const entries = new Map<string, Promise<Entry>>();
  let revision: Promise<string> | undefined;
  let waiting: { readonly keys: string[]; readonly read: Promise<readonly Entry[]> } | undefined;

  /** All keys that are requested before the next tick of the event loop are read in one request: one request for each level of references. */
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
    // After a failure the key is read again. The rejection is handled here, because this promise may have no other handler.
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
  /** Makes the first request. Later requests wait until its answer gives the revision that they read at. */
  const readFirst = async (keys: readonly string[]): Promise<readonly Entry[]> => {
    const first = client.readNow('read', keys);
    revision = first.then((answer) => answer.revision);
    // If it rejects, `first` rejects with the same error, which is thrown below. Alone it must not count as unhandled.
    revision.catch(() => undefined);
    try {
      return (await first).entries;
    } catch (error) {
      revision = undefined;
      throw error;
    }
  };

  let isFirst = true;
  const entryOf = (ref: ResourceRef): Promise<Entry> => {
    const key = keyOf(ref);
    recordsRead.set(key, ref);
    const entry = readKey(key);
    if (isFirst) for (const one of expected.filter(isReadable)) void readKey(keyOf(one));
    isFirst = false;
    return entry;
  };
  return {
    read: async (ref) => (isReadable(ref) ? recordOf(ref, await entryOf(ref)) : UNREADABLE),
    readTemplate: async (id) => {
      const ref = { type: TEMPLATE, id };
      return isReadable(ref) ? templateOf(id, await entryOf(ref)) : { kind: 'missing' };
    },
    get recordsRead() {
      return [...recordsRead.values()];
    },
  };
}

const TEMPLATE = 'heat_template';
const UNREADABLE: Lookup = {
  kind: 'malformed',
  reason: 'expected a type and an id without "/" and control characters',
};

function isReadable({ type, id }: ResourceRef): boolean {
  return isSegment(type) && isSegment(id);
}
