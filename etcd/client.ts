/**
 * The only importer of etcd3, and the discipline that makes it safe:
 *
 * 1. No call is retried by the library. Reads are tried once more here; a write never is: the caller reads back first.
 * 2. Every call has a deadline. A write that got no answer is `unknown`: it may have been applied, or may be later.
 * 3. Only plain requests, no builders: a builder that isn't awaited sends nothing, and its leases keep themselves alive.
 */
import { rootCertificates } from 'node:tls';
import {
  Etcd3,
  EtcdAuthenticationFailedError,
  EtcdInvalidAuthTokenError,
  EtcdPermissionDeniedError,
  GRPCFailedPreconditionError,
  GRPCInvalidArgumentError,
  GRPCNotImplementedError,
  GRPCUnauthenticatedError,
} from 'etcd3';
import type { IOptions, IRequestOp } from 'etcd3';
import { StoreRefusedError, StoreUnavailableError } from './errors.ts';

export interface StoreOptions {
  /** `127.0.0.1:2379` or `https://…`, as etcdctl's `--endpoints` has them. */
  readonly endpoints: readonly string[];
  /** PEM texts. `cert` and `key` go together; without `ca` the usual authorities are trusted. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly auth?: { readonly username: string; readonly password: string };
  /** How long each call may take, in milliseconds. Default: 5,000. */
  readonly deadlineMs?: number;
}

/** A key as it was read. `modRevision` is `'0'` and the rest `undefined` where there is none. */
export interface Entry {
  readonly key: string;
  readonly value: Buffer | undefined;
  readonly modRevision: string;
  /** `'0'`: none. */
  readonly lease: string;
}

export interface Transaction {
  /** What was read, and must not have changed since. */
  readonly unchanged: readonly Entry[];
  readonly put: readonly { readonly key: string; readonly value: unknown; readonly lease?: string }[];
  readonly remove?: readonly string[];
}

export type Written =
  | { readonly kind: 'applied' }
  /** Something of `unchanged` had changed. */
  | { readonly kind: 'refused' }
  /** No answer: applied, or not, or still to be applied. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

const READ_TRIES = 2;

export class EtcdClient {
  private readonly etcd: Etcd3;

  constructor(options: StoreOptions) {
    this.etcd = new Etcd3(etcdOptions(options));
  }

  /** Several keys at one revision, by a linearizable read. */
  async read<K extends readonly string[]>(
    operation: string,
    keys: K,
  ): Promise<{ readonly [index in keyof K]: Entry }> {
    if (keys.length === 0) return [] as unknown as { readonly [index in keyof K]: Entry };
    const success = keys.map((key) => ({ request_range: { key: Buffer.from(key) } }));
    const answer = await this.tryRead(operation, () => this.etcd.kv.txn({ success }));
    return keys.map((key, index) =>
      entryOf(key, answer.responses[index]?.response_range.kvs[0]),
    ) as unknown as { readonly [index in keyof K]: Entry };
  }

  /** One key at a revision; without one at the newest, and says which that is. */
  async readAt(
    operation: string,
    key: string,
    revision?: string,
  ): Promise<{ readonly entry: Entry; readonly revision: string }> {
    const request = { key: Buffer.from(key), ...(revision === undefined ? {} : { revision }) };
    const answer = await this.tryRead(operation, () => this.etcd.kv.range(request));
    return { entry: entryOf(key, answer.kvs[0]), revision: revision ?? answer.header.revision };
  }

  async write(operation: string, transaction: Transaction): Promise<Written> {
    const success: IRequestOp[] = [
      ...transaction.put.map(({ key, value, lease = '0' }) => ({
        request_put: { key: Buffer.from(key), value: bytesOf(value), lease },
      })),
      ...(transaction.remove ?? []).map((key) => ({
        request_delete_range: { key: Buffer.from(key) },
      })),
    ];
    const compare = transaction.unchanged.map(({ key, modRevision }) => ({
      key: Buffer.from(key),
      target: 'Mod' as const,
      result: 'Equal' as const,
      mod_revision: modRevision,
    }));
    try {
      const { succeeded } = await this.etcd.kv.txn({ compare, success });
      return { kind: succeeded ? 'applied' : 'refused' };
    } catch (cause) {
      if (isRefusal(cause)) throw new StoreRefusedError(operation, cause);
      return { kind: 'unknown', cause };
    }
  }

  /** A lease that nobody keeps alive: what is attached to it goes when the time is over. */
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
        if (tries === READ_TRIES || isRefusal(cause)) throw failureOf(operation, cause);
      }
    }
  }
}

function failureOf(operation: string, cause: unknown): Error {
  return isRefusal(cause)
    ? new StoreRefusedError(operation, cause)
    : new StoreUnavailableError(operation, cause);
}

const REFUSALS = [
  EtcdAuthenticationFailedError,
  EtcdInvalidAuthTokenError,
  EtcdPermissionDeniedError,
  GRPCFailedPreconditionError,
  GRPCInvalidArgumentError,
  GRPCNotImplementedError,
  GRPCUnauthenticatedError,
];

/** Errors by which etcd says that it did not, and will not, do what was asked. */
function isRefusal(error: unknown): boolean {
  return REFUSALS.some((type) => error instanceof type);
}

function entryOf(
  key: string,
  found: { value: Buffer; mod_revision: string; lease: string } | undefined,
): Entry {
  if (!found) return { key, value: undefined, modRevision: '0', lease: '0' };
  return { key, value: found.value, modRevision: found.mod_revision, lease: found.lease };
}

function bytesOf(value: unknown): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
}

/** Runs a call as it is: what etcd3 would otherwise retry, it would retry without looking. */
const NO_RETRY: NonNullable<NonNullable<IOptions['faultHandling']>['global']> = {
  // Only a type's marker: nothing reads it.
  _altReturn: undefined as never,
  onSuccess: () => ({ dispose: () => undefined }),
  onFailure: () => ({ dispose: () => undefined }),
  execute: async (call, signal = new AbortController().signal) => call({ signal }),
};

function etcdOptions({ endpoints, tls, auth, deadlineMs = 5_000 }: StoreOptions): IOptions {
  const secure = endpoints.filter((endpoint) => endpoint.startsWith('https://')).length;
  const plain = endpoints.filter((endpoint) => endpoint.startsWith('http://')).length;
  if (endpoints.length === 0) throw new TypeError('Expected at least one etcd endpoint, got none');
  if (secure > 0 && secure < endpoints.length) {
    throw new TypeError('Expected etcd endpoints that are all https:// or all not, got both');
  }
  if (tls && plain > 0) {
    throw new TypeError('Expected https:// endpoints with TLS files, got http://');
  }
  if ((tls?.cert === undefined) !== (tls?.key === undefined)) {
    throw new TypeError('Expected a TLS certificate and its key, got only one of them');
  }
  return {
    hosts: [...endpoints],
    ...(tls || secure > 0 ? { credentials: credentialsOf(tls ?? {}) } : {}),
    ...(auth ? { auth: { username: auth.username, password: auth.password } } : {}),
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: new Date(Date.now() + deadlineMs) }),
    faultHandling: { host: () => NO_RETRY, global: NO_RETRY },
    grpcOptions: {
      // A dead peer behind a silent network is noticed. etcd drops clients that ping more often than every 5 s.
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5_000,
      // gRPC's own steps grow to two minutes: far longer than anybody waits for etcd here.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.min_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
      'grpc.use_local_subchannel_pool': 1,
    },
  };
}

function credentialsOf({ ca, cert, key }: NonNullable<StoreOptions['tls']>) {
  return {
    rootCertificate: Buffer.from(ca ?? rootCertificates.join('\n')),
    ...(key === undefined ? {} : { privateKey: Buffer.from(key) }),
    ...(cert === undefined ? {} : { certChain: Buffer.from(cert) }),
  };
}
