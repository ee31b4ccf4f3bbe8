/** Keys under a prefix: their range, and how they are read page by page. */

/** A key as it was read. If the key does not exist, `modRevision` is `'0'` and `value` is `undefined`. */
export interface Entry {
  readonly key: string;
  readonly value: Buffer | undefined;
  readonly modRevision: string;
  /** Id of the key's lease; `'0'` if it has none. */
  readonly lease: string;
}

/** Some keys in their order, as they were at a revision of a cluster. */
export interface Page {
  readonly entries: readonly Entry[];
  readonly revision: string;
  readonly cluster: string;
}

/** A key and its value as etcd sends them. */
interface Sent {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly mod_revision: string;
  readonly lease: string;
}

interface RangeRequest {
  key: Buffer;
  range_end: Buffer;
  limit: number;
  revision: string;
}

interface RangeAnswer {
  readonly kvs: readonly Sent[];
  readonly more: boolean;
  readonly header: { readonly revision: string; readonly cluster_id: string };
}

/** How many keys the first page has, and any page at most. */
const FIRST = 200;
const MOST = 4_000;
/** How large a page is to be. For each page etcd goes through all keys that are left, so small pages of many keys take long. */
const PAGE_BYTES = 1_000_000;

/**
 * Reads all keys with this prefix. `at`: a revision for all pages; `'0'`: the newest one at the first page. Absent: each page is read as it is
 * then.
 */
export async function* pages(
  read: (asked: RangeRequest) => Promise<RangeAnswer>,
  prefix: string,
  at?: string,
): AsyncGenerator<Page> {
  const { key, range_end } = rangeOf(prefix);
  let limit = FIRST;
  for (let from = key, revision = at ?? '0'; ;) {
    const { kvs, more, header } = await read({ key: from, range_end, limit, revision });
    const entries = kvs.map((one) => entryOf(one.key.toString(), one));
    if (at !== undefined && revision === '0') revision = header.revision;
    yield { entries, revision, cluster: header.cluster_id };
    const last = kvs.at(-1);
    if (last === undefined || !more) return;
    from = Buffer.concat([last.key, Buffer.of(0)]);
    limit = limitAfter(kvs);
  }
}

/** As many keys as make a page, if they are as large as those of the page before. */
function limitAfter(kvs: readonly Sent[]): number {
  const bytes = kvs.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  return Math.max(1, Math.min(MOST, Math.floor((PAGE_BYTES * kvs.length) / bytes)));
}

export function entryOf(key: string, found: Omit<Sent, 'key'> | undefined): Entry {
  if (!found) return { key, value: undefined, modRevision: '0', lease: '0' };
  return { key, value: found.value, modRevision: found.mod_revision, lease: found.lease };
}

export function rangeOf(prefix: string) {
  const key = Buffer.from(prefix);
  const range_end = Buffer.from(key);
  // Every prefix ends in "/", and the byte after "/" is "0". So the range ends before the prefix with "0" in place of its last "/".
  range_end[range_end.length - 1] = (key.at(-1) ?? 0) + 1;
  return { key, range_end };
}
