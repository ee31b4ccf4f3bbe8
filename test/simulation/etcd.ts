/** etcd in memory: revisions, leases, and every write that was ever applied. */
import { GRPCInvalidArgumentError } from 'etcd3';
import type { ICompare, IPutRequest, IRangeRequest, IRangeResponse, ITxnRequest, ITxnResponse } from 'etcd3';
import type { Clock } from '../../simulator/device/clock.ts';
import type { Write } from '../chaos/evidence.ts';

interface Version {
  readonly revision: number;
  readonly createRevision: number;
  readonly value: Buffer | null;
  readonly lease: string;
}

type KeyValue = IRangeResponse['kvs'][number];

export class Etcd {
  readonly writes: Write[] = [];
  readonly #clock: Clock;
  /** The versions of each key, oldest first. */
  readonly #keys = new Map<string, Version[]>();
  readonly #leases = new Set<string>();
  #revision = 1;
  #lastLease = 7_000_000;
  #onWrite: (write: Write) => void;

  constructor(clock: Clock, onWrite: (write: Write) => void = () => undefined) {
    this.#clock = clock;
    this.#onWrite = onWrite;
  }

  get revision(): number {
    return this.#revision;
  }

  range({ key, range_end: end, revision, limit }: IRangeRequest): IRangeResponse {
    const kvs = this.#namesIn(key, end).flatMap((name) => this.#at(name, Number(revision ?? 0)));
    const most = Number(limit ?? 0) || kvs.length;
    return {
      header: this.#header(),
      kvs: kvs.slice(0, most),
      more: kvs.length > most,
      count: String(kvs.length),
    };
  }

  #namesIn(key: Buffer | undefined, end: Buffer | undefined): readonly string[] {
    const from = text(key);
    if (end === undefined) return [from];
    const to = text(end);
    return [...this.#keys.keys()].filter((name) => name >= from && name < to).sort();
  }

  /** etcd takes a range without keys as one key of revision 0. */
  #holds({ key, range_end: end, result, mod_revision: expected }: ICompare): boolean {
    const found = this.#namesIn(key, end).flatMap((name) => this.#at(name, 0));
    const revisions = found.length === 0 ? ['0'] : found.map((one) => one.mod_revision);
    return revisions.every((one) =>
      result === 'Less' ? BigInt(one) < BigInt(expected ?? 0) : one === String(expected),
    );
  }

  txn({ compare = [], success = [] }: ITxnRequest): ITxnResponse {
    const succeeded = compare.every((one) => this.#holds(one));
    if (!succeeded) return { header: this.#header(), succeeded, responses: [] };
    // Removing a key that is not there is no change.
    const changes = success.some(
      ({ request_put: put, request_delete_range: remove }) =>
        put ?? (remove && this.#at(text(remove.key), 0).length > 0),
    );
    const revision = this.#revision + 1;
    const missing = success.find(
      ({ request_put: put }) => put && Number(put.lease ?? 0) !== 0 && !this.#leases.has(String(put.lease)),
    );
    if (missing) throw new Error('etcdserver: requested lease not found');
    if (changes) this.#revision = revision;
    const responses = success.map(
      ({ request_range: range, request_put: put, request_delete_range: remove }) => {
        if (put) this.#put(text(put.key), this.#valueOf(put), String(put.lease ?? '0'));
        if (remove) this.#remove(text(remove.key));
        return { response_range: range ? this.range(range) : undefined };
      },
    );
    return {
      header: this.#header(),
      succeeded,
      responses: responses as unknown as ITxnResponse['responses'],
    };
  }

  grant(seconds: number): string {
    this.#lastLease += 1;
    const id = String(this.#lastLease);
    this.#leases.add(id);
    this.#clock.after(seconds * 1_000, () => this.#expire(id));
    return id;
  }

  /** What a key holds now. */
  value(key: string): string | undefined {
    return this.#at(key, 0)[0]?.value.toString();
  }

  /** An unconditional put, as writers of configurations make it. */
  put(key: string, value: string): void {
    this.#revision += 1;
    this.#put(key, Buffer.from(value), '0');
  }

  remove(key: string): void {
    if (this.value(key) === undefined) return;
    this.#revision += 1;
    this.#remove(key);
  }

  #valueOf({ key, value = Buffer.alloc(0), ignore_value: isKept = false }: IPutRequest): Buffer {
    if (!isKept) return value;
    const [found] = this.#at(text(key), 0);
    if (found === undefined)
      throw new GRPCInvalidArgumentError('3 INVALID_ARGUMENT: etcdserver: key not found');
    return found.value;
  }

  #put(key: string, value: Buffer, lease: string): void {
    const versions = this.#keys.get(key) ?? [];
    const before = versions.at(-1);
    const createRevision = before?.value ? before.createRevision : this.#revision;
    versions.push({ revision: this.#revision, createRevision, value, lease });
    this.#keys.set(key, versions);
    this.#record({ revision: this.#revision, key, value: value.toString(), seenAt: this.#clock.now() });
  }

  #remove(key: string): void {
    const versions = this.#keys.get(key);
    if (!versions?.at(-1)?.value) return;
    versions.push({ revision: this.#revision, createRevision: 0, value: null, lease: '0' });
    this.#record({ revision: this.#revision, key, value: null, seenAt: this.#clock.now() });
  }

  #record(write: Write): void {
    this.writes.push(write);
    this.#onWrite(write);
  }

  /** Lets a day pass: all leases expire, with their keys. */
  expireAll(): void {
    for (const lease of this.#leases) this.#expire(lease);
  }

  #expire(lease: string): void {
    this.#leases.delete(lease);
    const attached = [...this.#keys].filter(
      ([, versions]) => versions.at(-1)?.value && versions.at(-1)?.lease === lease,
    );
    if (attached.length > 0) this.#revision += 1;
    for (const [key] of attached) this.#remove(key);
  }

  /** The key as of a revision, as a list of one; an empty list if it was not there. */
  #at(key: string, revision: number): KeyValue[] {
    const found = this.#keys.get(key)?.findLast((version) => revision <= 0 || version.revision <= revision);
    if (!found?.value) return [];
    return [
      {
        key: Buffer.from(key),
        value: found.value,
        mod_revision: String(found.revision),
        create_revision: String(found.createRevision),
        version: '1',
        lease: found.lease,
      },
    ];
  }

  #header() {
    return { cluster_id: '1', member_id: '1', revision: String(this.#revision), raft_term: '2' };
  }
}

function text(key: Buffer | undefined): string {
  return (key ?? Buffer.alloc(0)).toString();
}
