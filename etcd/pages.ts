/** Reads keys under a prefix page by page. */
import { entryOf, rangeOf } from './requests.ts';
import type { Entry } from './requests.ts';

/**
 * Some keys in their order. `revision`: that of all pages, or `'0'` if each page is read at its own newest revision. `cluster`: the id of the cluster that
 * answered.
 */
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

/** How many keys the first page has at most, and how many any page has at most. */
const FIRST = 200;
const MOST = 4_000;
/** How large a page shall be, in bytes. For each page etcd goes through all keys that are left, so small pages of many keys take long. */
const PAGE_BYTES = 1_000_000;

/**
 * Reads all keys with this prefix. `at`: the revision of all pages; `'0'`: the newest revision when the first page is read. Absent: each page is read at its
 * own newest revision. `most`: how many keys a page has at most.
 */
export async function* pages(
  read: (asked: RangeRequest) => Promise<RangeAnswer>,
  prefix: string,
  at?: string,
  most = MOST,
): AsyncGenerator<Page> {
  const { key, range_end } = rangeOf(prefix);
  let limit = Math.min(FIRST, most);
  for (let from = key, revision = at ?? '0'; ;) {
    const { kvs, more, header } = await read({ key: from, range_end, limit, revision });
    const entries = kvs.map((one) => entryOf(one.key.toString(), one));
    if (at !== undefined && revision === '0') revision = header.revision;
    yield { entries, revision, cluster: header.cluster_id };
    const last = kvs.at(-1);
    if (last === undefined || !more) return;
    from = Buffer.concat([last.key, Buffer.of(0)]);
    limit = Math.min(most, limitAfter(kvs));
  }
}

/** How many keys make a page, if they are as large as those of the page before. */
function limitAfter(kvs: readonly Sent[]): number {
  const bytes = kvs.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  return Math.max(1, Math.floor((PAGE_BYTES * kvs.length) / bytes));
}
