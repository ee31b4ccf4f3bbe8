/** How etcd is reached. Each option was checked in etcd3's source: some that it documents (`dialTimeout`) do nothing. */
import { rootCertificates } from 'node:tls';
import type { IOptions } from 'etcd3';
import { AS_IT_IS, avoidances } from './policies.ts';

export interface StoreOptions {
  /** `127.0.0.1:2379` or `https://…`, as etcdctl's `--endpoints` has them. */
  readonly endpoints: readonly string[];
  /** PEM texts. `cert` and `key` go together; without `ca` the usual authorities are trusted. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly auth?: { readonly username: string; readonly password: string };
  /** Prefix of the templates of published kinds, with a "/" at its end. Default: `/config/v2.0/heat_templates/`. */
  readonly templatePrefix?: string;
  /** How long each call may take, in milliseconds. Default: 5,000. */
  readonly deadlineMs?: number;
}

/** Throws a `TypeError` for options that don't go together. */
export function clientOptions({ endpoints, tls, auth, deadlineMs = 5_000 }: StoreOptions): IOptions {
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
    faultHandling: { global: AS_IT_IS, host: endpoints.length > 1 ? avoidances() : () => AS_IT_IS },
    grpcOptions: {
      // By these pings a dead peer behind a silent network is noticed. etcd drops clients that ping more often than every 5 s.
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5_000,
      // gRPC's own pauses between attempts to connect grow to two minutes, far longer than a call waits for etcd here.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.min_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
      'grpc.use_local_subchannel_pool': 1,
      // gRPC refuses answers above 4 MB. A batch's plans, or what a router owes, may be larger.
      'grpc.max_receive_message_length': -1,
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
