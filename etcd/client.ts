/**
 * The only code that calls etcd3. Its rules:
 *
 * 1. etcd3 retries no call. A read is tried again here, once per endpoint. A write is not tried again here: its caller first reads the keys again.
 * 2. Every call has a deadline. A write that got no answer is `unknown`: it may have been applied, or may be later.
 * 3. etcd3's request builders are not used: a builder that isn't awaited sends nothing, and its leases are renewed without end.
 */
import { partsOf } from '../gateway/lists.ts';
import { Etcd3, SortOrder, SortTarget } from 'etcd3';
import { PASSING_TRIES, storeErrorOf, isPassing, isRefusal } from './call-errors.ts';
import { clientOptions } from './options.ts';
import type { StoreOptions } from './options.ts';
import { pages } from './pages.ts';
import type { Page } from './pages.ts';
import { OPERATIONS_LIMIT, comparisonsOf, entryOf, operationsOf, rangeOf } from './requests.ts';
import type { Entry, KeyRange, RangeTransaction } from './requests.ts';

export type { Page };
export type { Entry, RangeTransaction, Transaction } from './requests.ts';

/**
 * What a look found: entries by key, and the entries of each range in their order. Every write up to `revision` is in them; an entry of a look that took
 * several requests may be newer.
 */
export interface Reading {
  readonly entryOf: (key: string) => Entry;
  readonly under: readonly (readonly Entry[])[];
  readonly revision: string;
}

export type Written =
  /** At this revision. */
  | { readonly kind: 'applied'; readonly revision: string }
  /** An entry of `unchanged` had changed, a key was written in a range of `quiet`, or users or roles changed. Nothing was written. */
  | { readonly kind: 'refused' }
  /** No answer: applied, or not, or still to be applied. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** The calls of etcd3 that are used. */
export interface EtcdCalls {
  readonly kv: Pick<Etcd3['kv'], 'txn' | 'range'>;
  readonly leaseClient: Pick<Etcd3['leaseClient'], 'leaseGrant'>;
  readonly maintenance: Pick<Etcd3['maintenance'], 'status'>;
  close(): void;
}

export class EtcdClient {
  private readonly etcd: EtcdCalls;
  private readonly readTries: number;

  /** `etcd`: tests pass calls that do not use gRPC. */
  constructor(options: StoreOptions, etcd: EtcdCalls = new Etcd3(clientOptions(options))) {
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

  /**
   * Reads as `read` does, and also returns etcd's revision at that moment. Needs at least one key. If etcd does not take all keys in one request, the first
   * request gives the revision at which the others read.
   */
  async readNow(operation: string, keys: readonly string[], revision = '0') {
    const [first = [], ...more] = partsOf(keys, OPERATIONS_LIMIT);
    const answer = await this.readPart(operation, first, revision);
    const at = revision === '0' ? answer.revision : revision;
    const others = await Promise.all(more.map((part) => this.readPart(operation, part, at)));
    return {
      entries: [answer, ...others].flatMap(({ entries }) => entries),
      revision: answer.revision,
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
   * Reads all keys with this prefix, page by page. `at`: the revision of all pages; `'0'`: the newest revision when the first page is read. Absent: each
   * page is read at its own newest revision. `most`: how many keys a page has at most. Throws if etcd compacts the revision meanwhile.
   */
  pages(operation: string, prefix: string, at?: string, most?: number): AsyncGenerator<Page> {
    return pages((asked) => this.tryRead(operation, () => this.etcd.kv.range(asked)), prefix, at, most);
  }

  /** How many keys have this prefix, and the first few of them. */
  async keysUnder(operation: string, prefix: string, limit: number) {
    const asked = { ...rangeOf(prefix), keys_only: true, limit };
    const { kvs, count } = await this.tryRead(operation, () => this.etcd.kv.range(asked));
    return { count: Number(count), keys: kvs.map(({ key }) => key.toString()) };
  }

  /** The key with this prefix that has been there longest. */
  async oldestUnder(operation: string, prefix: string): Promise<Entry | undefined> {
    const order = { sort_target: SortTarget.Create, sort_order: SortOrder.Ascend, limit: 1 };
    const { kvs } = await this.tryRead(operation, () => this.etcd.kv.range({ ...rangeOf(prefix), ...order }));
    return kvs.map((found) => entryOf(found.key.toString(), found))[0];
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

  /**
   * Reads keys and ranges at one revision, at most `limit` keys of each range (0: all). If etcd does not take all of them in one request, several requests
   * are sent at the same time, and may read at different revisions. Then the lowest of these is the look's `revision`.
   */
  async look(
    operation: string,
    keys: readonly string[],
    ranges: readonly (KeyRange & { readonly limit: number })[],
  ): Promise<Reading> {
    const asked = [
      ...keys.map((key) => ({ request_range: { key: Buffer.from(key) } })),
      ...ranges.map(({ from, to, limit }) => ({
        request_range: { key: Buffer.from(from), range_end: Buffer.from(to), limit },
      })),
    ];
    const answers = await Promise.all(
      partsOf(asked, OPERATIONS_LIMIT).map((success) =>
        this.tryRead(operation, () => this.etcd.kv.txn({ success })),
      ),
    );
    const found = answers.flatMap(({ responses }) => responses.map(({ response_range: { kvs } }) => kvs));
    const entries = new Map(keys.map((key, index) => [key, entryOf(key, found[index]?.[0])]));
    return {
      entryOf: (key) => {
        const entry = entries.get(key);
        if (entry === undefined) throw new Error(`expected an entry for ${key}, got none`);
        return entry;
      },
      under: ranges.map((_, index) =>
        (found[keys.length + index] ?? []).map((one) => entryOf(one.key.toString(), one)),
      ),
      revision: answers
        .map(({ header }) => header.revision)
        .reduce((one, other) => (BigInt(other) < BigInt(one) ? other : one)),
    };
  }

  /** Sends a transaction once. Throws a `StoreRefusedError` if etcd refuses the request itself. */
  async write(operation: string, transaction: RangeTransaction): Promise<Written> {
    try {
      const { succeeded, header } = await this.etcd.kv.txn({
        compare: comparisonsOf(transaction),
        success: operationsOf(transaction),
      });
      return succeeded ? { kind: 'applied', revision: header.revision } : { kind: 'refused' };
    } catch (cause) {
      if (isRefusal(cause)) throw storeErrorOf(operation, cause);
      return isPassing(cause) ? { kind: 'refused' } : { kind: 'unknown', cause };
    }
  }

  /** A lease that is not kept alive: keys attached to it vanish when its time is over. */
  async grantLease(operation: string, seconds: number): Promise<string> {
    try {
      const TTL = Math.max(1, Math.ceil(seconds));
      return (await this.etcd.leaseClient.leaseGrant({ TTL })).ID;
    } catch (cause) {
      throw storeErrorOf(operation, cause);
    }
  }

  /**
   * The alarms, such as `NOSPACE`, that one member of etcd knows of itself and of the others. It knows them without asking the others, and every user may
   * ask it.
   */
  async alarms(operation: string): Promise<readonly string[]> {
    const { errors } = await this.tryRead(operation, () => this.etcd.maintenance.status());
    return errors.flatMap((words) => /\balarm:\s*(\w+)/.exec(words)?.[1] ?? []);
  }

  close(): void {
    this.etcd.close();
  }

  private async readPart(operation: string, keys: readonly string[], revision: string) {
    const success = keys.map((key) => ({ request_range: { key: Buffer.from(key), revision } }));
    const answer = await this.tryRead(operation, () => this.etcd.kv.txn({ success }));
    return {
      entries: keys.map((key, index) => entryOf(key, answer.responses[index]?.response_range.kvs[0])),
      revision: answer.header.revision,
    };
  }

  private async tryRead<T>(operation: string, call: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await call();
      } catch (cause) {
        const most = isPassing(cause) ? PASSING_TRIES : this.readTries;
        if (tries >= most || isRefusal(cause)) throw storeErrorOf(operation, cause);
      }
    }
  }
}
