/**
 * The only code that calls etcd3. Its rules:
 *
 * 1. etcd3 retries no call. A read is tried again here, once per endpoint. A write is not tried again here: its caller first reads the keys again.
 * 2. Every call has a deadline. A write that got no answer is `unknown`: it may have been applied, or may be later.
 * 3. etcd3's request builders are not used: a builder that isn't awaited sends nothing, and its leases are renewed without end.
 */
import {
  Etcd3,
  EtcdAuthenticationFailedError,
  EtcdInvalidAuthTokenError,
  EtcdPermissionDeniedError,
  GRPCFailedPreconditionError,
  GRPCInvalidArgumentError,
  GRPCNotImplementedError,
  GRPCResourceExhastedError,
  GRPCUnauthenticatedError,
} from 'etcd3';
import type { IRequestOp } from 'etcd3';
import { StoreRefusedError, StoreUnavailableError } from './errors.ts';
import { etcdOptions } from './options.ts';
import type { StoreOptions } from './options.ts';
import { entryOf, pages, rangeOf } from './range.ts';
import type { Entry, Page } from './range.ts';

export type { Entry, Page };

export interface Transaction {
  /** Entries that were read, and must not have changed since. */
  readonly unchanged: readonly Entry[];
  readonly put: readonly { readonly key: string; readonly value: unknown; readonly lease?: string }[];
  readonly remove?: readonly string[];
}

export interface RangeTransaction extends Transaction {
  /** Prefixes: all keys under each are removed. */
  readonly removeUnder?: readonly string[];
}

export type Written =
  /** At this revision. */
  | { readonly kind: 'applied'; readonly revision: string }
  /** An entry of `unchanged` had changed, or users or roles. Nothing was written. */
  | { readonly kind: 'refused' }
  /** No answer: applied, or not, or still to be applied. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** The calls of etcd3 that are used. */
export interface EtcdCalls {
  readonly kv: Pick<Etcd3['kv'], 'txn' | 'range'>;
  readonly leaseClient: Pick<Etcd3['leaseClient'], 'leaseGrant'>;
  close(): void;
}

export class EtcdClient {
  private readonly etcd: EtcdCalls;
  private readonly readTries: number;

  /** `etcd`: tests pass calls that do not use gRPC. */
  constructor(options: StoreOptions, etcd: EtcdCalls = new Etcd3(etcdOptions(options))) {
    this.readTries = options.endpoints.length + 1;
    this.etcd = etcd;
  }

  /** Reads several keys at one revision, linearizably. Default: the newest revision. */
  async read<const K extends readonly string[]>(
    operation: string,
    keys: K,
    revision = '0',
  ): Promise<{ readonly [index in keyof K]: Entry }> {
    if (keys.length === 0) return [] as unknown as { readonly [index in keyof K]: Entry };
    const { entries } = await this.readNow(operation, keys, revision);
    return entries as unknown as { readonly [index in keyof K]: Entry };
  }

  /** Reads as `read` does, and also returns etcd's revision at that moment. Needs at least one key. */
  async readNow(operation: string, keys: readonly string[], revision = '0') {
    const success = keys.map((key) => ({ request_range: { key: Buffer.from(key), revision } }));
    const answer = await this.tryRead(operation, () => this.etcd.kv.txn({ success }));
    return {
      entries: keys.map((key, index) => entryOf(key, answer.responses[index]?.response_range.kvs[0])),
      revision: answer.header.revision,
    };
  }

  /** Reads all keys with this prefix, in their order, linearizably. */
  async readPrefix(operation: string, prefix: string): Promise<readonly Entry[]> {
    const answer = await this.tryRead(operation, () => this.etcd.kv.range(rangeOf(prefix)));
    return answer.kvs.map((found) => entryOf(found.key.toString(), found));
  }

  /** Reads all keys with this prefix, in their order, a few at a time: keys may change between two reads. */
  async readInPages(operation: string, prefix: string): Promise<readonly Entry[]> {
    const found: Entry[] = [];
    for await (const { entries } of this.pages(operation, prefix)) found.push(...entries);
    return found;
  }

  /**
   * The same, page by page. `at`: a revision for all pages; `'0'`: the newest one at the first page. Absent: each page is read as it is then.
   * Throws if the revision is compacted meanwhile.
   */
  pages(operation: string, prefix: string, at?: string): AsyncGenerator<Page> {
    return pages((asked) => this.tryRead(operation, () => this.etcd.kv.range(asked)), prefix, at);
  }

  /** Reads each key, and all keys with the prefix given beside it, at one revision. */
  async readWith(
    operation: string,
    asked: readonly { readonly key: string; readonly prefix: string }[],
  ): Promise<readonly { readonly entry: Entry; readonly under: readonly Entry[] }[]> {
    const success = asked.flatMap(({ key, prefix }) => [
      { request_range: { key: Buffer.from(key) } },
      { request_range: rangeOf(prefix) },
    ]);
    const { responses } = await this.tryRead(operation, () => this.etcd.kv.txn({ success }));
    return asked.map(({ key }, index) => ({
      entry: entryOf(key, responses[2 * index]?.response_range.kvs[0]),
      under: (responses[2 * index + 1]?.response_range.kvs ?? []).map((found) =>
        entryOf(found.key.toString(), found),
      ),
    }));
  }

  async write(operation: string, transaction: RangeTransaction): Promise<Written> {
    const success: IRequestOp[] = [
      ...transaction.put.map(({ key, value, lease = '0' }) => ({
        request_put: { key: Buffer.from(key), value: bytesOf(value), lease },
      })),
      ...(transaction.remove ?? []).map((key) => ({
        request_delete_range: { key: Buffer.from(key) },
      })),
      ...(transaction.removeUnder ?? []).map((prefix) => ({ request_delete_range: rangeOf(prefix) })),
    ];
    const compare = transaction.unchanged.map(({ key, modRevision }) => ({
      key: Buffer.from(key),
      target: 'Mod' as const,
      result: 'Equal' as const,
      mod_revision: modRevision,
    }));
    try {
      const { succeeded, header } = await this.etcd.kv.txn({ compare, success });
      return succeeded ? { kind: 'applied', revision: header.revision } : { kind: 'refused' };
    } catch (cause) {
      if (isRefusal(cause)) throw failureOf(operation, cause);
      return isPassing(cause) ? { kind: 'refused' } : { kind: 'unknown', cause };
    }
  }

  /** A lease that is not kept alive: keys attached to it vanish when its time is over. */
  async grantLease(operation: string, seconds: number): Promise<string> {
    try {
      const TTL = Math.max(1, Math.ceil(seconds));
      return (await this.etcd.leaseClient.leaseGrant({ TTL })).ID;
    } catch (cause) {
      throw failureOf(operation, cause);
    }
  }

  close(): void {
    this.etcd.close();
  }

  private async tryRead<T>(operation: string, call: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await call();
      } catch (cause) {
        const most = isPassing(cause) ? PASSING_TRIES : this.readTries;
        if (tries >= most || isRefusal(cause)) throw failureOf(operation, cause);
      }
    }
  }
}

/** The error for a call that was given up. */
export function failureOf(operation: string, cause: unknown): Error {
  // A write that etcd answers with "out of space" may have been carried out. So `write` returns `unknown`, and its caller reads the keys
  // again before it gives up and comes here.
  if (isRefusal(cause) || cause instanceof GRPCResourceExhastedError) {
    const isFinal = MALFORMED.some((type) => cause instanceof type) || String(cause).includes(TOO_LARGE);
    return new StoreRefusedError(operation, cause, !isFinal);
  }
  return new StoreUnavailableError(operation, cause);
}

/** Part of gRPC's message for a message beyond its own limit. Its code is `RESOURCE_EXHAUSTED`, as that of "out of space", but it stays refused. */
const TOO_LARGE = 'larger than max';
const MALFORMED = [GRPCInvalidArgumentError, GRPCNotImplementedError];
const REFUSALS = [
  EtcdAuthenticationFailedError,
  EtcdInvalidAuthTokenError,
  EtcdPermissionDeniedError,
  GRPCFailedPreconditionError,
  GRPCUnauthenticatedError,
  ...MALFORMED,
];

/** Part of etcd's message if users or roles changed during the call. Its code is `INVALID_ARGUMENT`, but nothing was done, and the call may be made again. */
const PASSING = 'revision of auth store is old';
/** How often such a read is made at most. Every change of a role may meet a call. */
const PASSING_TRIES = 8;

function isPassing(error: unknown): boolean {
  return String(error).includes(PASSING);
}

/** Whether this error says that etcd has not carried out the request, and will not. */
function isRefusal(error: unknown): boolean {
  return REFUSALS.some((type) => error instanceof type) && !isPassing(error);
}

function bytesOf(value: unknown): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
}
