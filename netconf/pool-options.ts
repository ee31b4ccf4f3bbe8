/** What a pool of sessions is given: for itself, and for each router. */
import type { ConnectTo } from './connect-to.ts';
import type { KnownHostsFile } from './known-hosts.ts';
import type { RouterObserver } from './observer.ts';
import type { Connect } from './open-session.ts';
import type { Keepalive } from './ssh-transport.ts';

/** A router, as its record in etcd describes it. */
export interface RouterTarget {
  readonly id: string;
  /** Its name for messages. Default: the id. */
  readonly name?: string;
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly password?: string;
  /** `false`: never more than one unanswered request. Default: `true`. */
  readonly pipelining?: boolean;
}

export interface SessionPoolOptions {
  /** Path of an OpenSSH `known_hosts` file, or something that reads one. Host keys are always checked. */
  readonly knownHosts: string | Pick<KnownHostsFile, 'read'>;
  readonly connectTo?: ConnectTo;
  /** Contents of a private key file. Keys are tried before passwords. */
  readonly privateKey?: string | Buffer;
  readonly passphrase?: string;
  /** Path of the socket of an SSH agent. Its keys are tried before passwords. */
  readonly agent?: string;
  /** Deadline for opening a session, from the first packet to the router's hello, in milliseconds. */
  readonly connectMs: number;
  /** Deadline of a request whose operation has none of its own, in milliseconds. */
  readonly requestMs: number;
  /** Default: every 15 s; the connection is given up after 3 that were not answered. */
  readonly keepalive?: Keepalive;
  /** How long an unused session stays open, in milliseconds. Default: 5 minutes. */
  readonly idleMs?: number;
  /** Most sessions with one router at the same time. Default: 4. Junos allows 75 by default, for all its clients together. */
  readonly sessionsPerRouter?: number;
  /** How a router is reached. Default: over SSH. */
  readonly connect?: Connect;
  /** Is told of sessions and requests. It must not throw. */
  readonly observer?: RouterObserver | undefined;
}

export const POOL_DEFAULTS = {
  keepalive: { intervalMs: 15_000, count: 3 },
  idleMs: 300_000,
  sessionsPerRouter: 4,
};
