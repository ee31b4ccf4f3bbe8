/** The form of what is sent to etcd: ranges, comparisons, operations. */
import type { ICompare, IRequestOp } from 'etcd3';

/** The keys from `from` on and before `to`. */
export interface KeyRange {
  readonly from: string;
  readonly to: string;
}

/** A key as it was read. If the key does not exist, `modRevision` is `'0'` and `value` is `undefined`. */
export interface Entry {
  readonly key: string;
  readonly value: Buffer | undefined;
  readonly modRevision: string;
  /** Id of the key's lease; `'0'` if it has none. */
  readonly lease: string;
}

export interface Transaction {
  /** Entries that were read, and must not have changed since. */
  readonly unchanged: readonly Entry[];
  readonly put: readonly { readonly key: string; readonly value: unknown }[];
  /** Existing keys that get a lease. Their values stay, and are not sent. */
  readonly retain?: readonly { readonly key: string; readonly lease: string }[];
  readonly remove?: readonly string[];
}

export interface RangeTransaction extends Transaction {
  /** Ranges in which no key may have been written after a revision. Keys may have been removed. */
  readonly quiet?: readonly (KeyRange & { readonly since: string })[] | undefined;
  /** Prefixes: all keys under each are removed. */
  readonly removeUnder?: readonly string[];
}

/** Most comparisons in one transaction, and most operations: etcd's `--max-txn-ops`. */
export const OPERATIONS_LIMIT = 128;
/** Most entries that one transaction compares and removes. So many leave room for the other records that the transaction writes. */
export const REMOVED_AT_ONCE = 96;

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
  // The range ends before the prefix with another last character: the next one in the order of codes. The last character is "/" or a blank, so the next one
  // takes a single byte, too.
  const next = String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  return { from: prefix, to: `${prefix.slice(0, -1)}${next}` };
}

export function operationsOf(transaction: RangeTransaction): IRequestOp[] {
  const { put, retain = [], remove = [], removeUnder = [] } = transaction;
  return [
    ...put.map(({ key, value }) => ({
      request_put: { key: Buffer.from(key), value: bytesOf(value), lease: '0' },
    })),
    ...retain.map(({ key, lease }) => ({
      request_put: { key: Buffer.from(key), ignore_value: true, lease },
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
