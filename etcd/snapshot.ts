import type { Lookup, ResourceRef } from '../gateway/resource.ts';
import type { EtcdClient } from './client.ts';
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

  const read = async (ref: ResourceRef): Promise<Lookup> => {
    if (!isSegment(ref.type) || !isSegment(ref.id)) {
      const reason = 'expected a type and an id without "/" and control characters';
      return { kind: 'malformed', reason };
    }
    const key = KEYS.config(ref);
    if (revision) {
      const { entry } = await client.readAt('read', key, await revision);
      return recordOf(ref, entry);
    }
    // Whoever asks meanwhile waits for this answer's revision.
    const first = client.readAt('read', key);
    revision = first.then((answer) => answer.revision);
    // Its failure is `first`'s, which is thrown below: on its own it must not count as unhandled.
    revision.catch(() => undefined);
    try {
      return recordOf(ref, (await first).entry);
    } catch (error) {
      revision = undefined;
      throw error;
    }
  };
  return { read, readTemplate: (id) => read({ type: 'heat_template', id }) };
}
