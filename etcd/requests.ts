/** The form of what is sent to etcd: ranges, comparisons, operations. */
import type { ICompare, IRequestOp } from 'etcd3';
import type { Entry, RangeTransaction } from './client.ts';

/** The keys from `from` on, up to `to`, without it. */
export interface KeyRange {
  readonly from: string;
  readonly to: string;
}

/** Most comparisons in one transaction, and most operations: etcd's `--max-txn-ops`. */
export const OPERATIONS_LIMIT = 128;

export function entryOf(
  key: string,
  found: { value: Buffer; mod_revision: string; lease: string } | undefined,
): Entry {
  if (!found) return { key, value: undefined, modRevision: '0', lease: '0' };
  return { key, value: found.value, modRevision: found.mod_revision, lease: found.lease };
}

export function rangeOf(prefix: string) {
  const { from, to } = under(prefix);
  return { key: Buffer.from(from), range_end: Buffer.from(to) };
}

/** All keys under a prefix. */
export function under(prefix: string): KeyRange {
  // Every prefix ends in "/", and the byte after "/" is "0". So the range ends before the prefix with "0" in place of its last "/".
  return { from: prefix, to: `${prefix.slice(0, -1)}0` };
}

export function operationsOf({ put, remove = [], removeUnder = [] }: RangeTransaction): IRequestOp[] {
  return [
    ...put.map(({ key, value, lease = '0' }) => ({
      request_put: { key: Buffer.from(key), value: bytesOf(value), lease },
    })),
    ...remove.map((key) => ({ request_delete_range: { key: Buffer.from(key) } })),
    ...removeUnder.map((prefix) => ({ request_delete_range: rangeOf(prefix) })),
  ];
}

export function comparisonsOf({ unchanged, quiet = [] }: RangeTransaction): ICompare[] {
  return [
    ...unchanged.map(({ key, modRevision }) => ({
      key: Buffer.from(key),
      target: 'Mod' as const,
      result: 'Equal' as const,
      mod_revision: modRevision,
    })),
    // etcd takes a range without keys as one key of revision 0.
    ...quiet.map(({ from, to, since }) => ({
      key: Buffer.from(from),
      range_end: Buffer.from(to),
      target: 'Mod' as const,
      result: 'Less' as const,
      mod_revision: String(BigInt(since) + 1n),
    })),
  ];
}

function bytesOf(value: unknown): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
}
