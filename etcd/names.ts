/** Names of the records of one type, for people who know no ids. */
import { isRecord } from '../gateway/resource.ts';
import type { EtcdClient } from './client.ts';
import { recordOf } from './envelope.ts';
import { KEYS } from './keys.ts';

export interface NamedRecord {
  readonly id: string;
  /** As in the record. `undefined`: the record has no name or can't be read, or its name is longer than 255 characters. */
  readonly name: string | undefined;
}

/** Most records of a type whose names are read. If there is one more, no name is read. */
export const NAMES_LIMIT = 100_000;
/** Longest name that is read, in characters. Nobody types a longer one. */
const LONGEST = 255;

/**
 * Ids and names of all records of a type, in the order of their ids, read page by page: only ids and names stay in memory. `undefined`: there are
 * more than `limit`.
 */
export async function readNames(
  client: EtcdClient,
  type: string,
  limit: number = NAMES_LIMIT,
): Promise<readonly NamedRecord[] | undefined> {
  const prefix = KEYS.config({ type, id: 'x' }).slice(0, -1);
  const found: NamedRecord[] = [];
  for await (const { entries } of client.pages('names', prefix))
    for (const entry of entries) {
      const id = entry.key.slice(prefix.length);
      if (found.length >= limit) return undefined;
      const record = recordOf({ type, id }, entry);
      const name = isRecord(record) ? record.body['name'] : undefined;
      const isName = typeof name === 'string' && name !== '' && name.length <= LONGEST;
      found.push({ id, name: isName ? name : undefined });
    }
  return found;
}
