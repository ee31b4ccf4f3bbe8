/** NETCONF over SSH. RFC 6242. */
import { Client, type Algorithms, type ClientChannel, type ServerHostKeyAlgorithm } from 'ssh2';
import { AuthenticationError, HostKeyError, ProtocolError, UnreachableError } from './errors.ts';
import type { NetconfError, OpeningStage, Peer } from './errors.ts';
import type { HostKeyVerdict, KnownHosts } from './known-hosts.ts';
import { authenticationHandler, type Credentials } from './ssh-authentication.ts';
import type { Transport, TransportHandlers } from './message-stream.ts';

export interface SshOptions {
  readonly peer: Peer;
  readonly credentials: Credentials;
  readonly knownHosts: KnownHosts;
  /** Milliseconds for everything up to the open subsystem. */
  readonly connectMs: number;
  /** NETCONF has no idle ping; this finds a router that went silent. */
  readonly keepalive: Keepalive;
  /** Gives the attempt up. */
  readonly signal?: AbortSignal | undefined;
}

export interface Keepalive {
  readonly intervalMs: number;
  /** Unanswered ones in a row after which the connection is given up. */
  readonly count: number;
}

/** Without `diffie-hellman-group-exchange`, whose key exchange blocks the event loop for seconds in ssh2. */
const algorithms: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
};

const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** A session that closes politely is not waited for longer, in milliseconds. */
const lingerMs = 1_000;

/**
 * Connects, checks the host key, authenticates, and asks for the `netconf` subsystem.
 *
 * @throws {UnreachableError}, {HostKeyError}, {AuthenticationError}, {ProtocolError} (no algorithm in common), or the signal's reason.
 */
export function connectSsh(options: SshOptions): Promise<Transport> {
  const { peer, credentials, knownHosts, connectMs, keepalive, signal } = options;
  return new Promise((resolve, reject) => {
    const client = new Client();
    const methods: string[] = [];
    let stage: OpeningStage = 'connect';
    let verdict: HostKeyVerdict | undefined;

    const settle = (act: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      // An error that comes after the end is nobody's.
      client.removeAllListeners().on('error', () => {});
      act();
    };
    const fail = (error: unknown) =>
      settle(() => {
        client.destroy();
        reject(error);
      });
    const abort = () => fail(signal?.reason);
    const timer = setTimeout(
      () => fail(new UnreachableError(peer, stage, `not connected within ${connectMs} ms`)),
      connectMs,
    );
    if (signal?.aborted === true) return abort();
    signal?.addEventListener('abort', abort);

    client
      .on('connect', () => {
        stage = 'key exchange';
        // ssh2 leaves Nagle's algorithm on: 40 ms a round trip, the handshake's included.
        client.setNoDelay(true);
      })
      .on('handshake', () => void (stage = 'authentication'))
      .on('error', (error: SshError) => {
        // An agent that isn't there is no more than a method that failed.
        if (error.level === 'agent') return;
        fail(openingError(error, { peer, stage, verdict, methods, username: credentials.username }));
      })
      .on('close', () => fail(new UnreachableError(peer, stage, 'the connection was closed')))
      .on('ready', () => {
        stage = 'subsystem';
        client.subsys('netconf', (error, channel) => {
          if (error === undefined) settle(() => resolve(channelTransport(client, channel)));
          else fail(new UnreachableError(peer, stage, error.message, { cause: error }));
        });
      });
    try {
      client.connect({
        host: peer.host,
        port: peer.port,
        username: credentials.username,
        authHandler: authenticationHandler(credentials, methods),
        hostVerifier: (key: Buffer) => {
          verdict = knownHosts.verify(peer, key);
          return verdict.kind === 'known';
        },
        algorithms: { ...algorithms, serverHostKey: preferred(knownHosts.keyTypes(peer)) },
        // The timer above holds for the whole.
        readyTimeout: 0,
        keepaliveInterval: keepalive.intervalMs,
        keepaliveCountMax: keepalive.count,
      });
    } catch (error) {
      fail(error);
    }
  });
}

/** Algorithms of known keys first: a router with several keys then presents the one that can be checked. */
function preferred(keyTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string) =>
    keyTypes.includes(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  return [
    ...hostKeyAlgorithms.filter(isKnown),
    ...hostKeyAlgorithms.filter((algorithm) => !isKnown(algorithm)),
  ];
}

interface SshError extends Error {
  readonly level?: string;
}

interface OpeningFacts {
  readonly peer: Peer;
  readonly stage: OpeningStage;
  readonly verdict: HostKeyVerdict | undefined;
  readonly methods: readonly string[];
  readonly username: string;
}

function openingError(
  cause: SshError,
  { peer, stage, verdict, methods, username }: OpeningFacts,
): NetconfError {
  if (verdict !== undefined && verdict.kind !== 'known') return new HostKeyError(peer, verdict);
  if (
    cause.level === 'client-authentication' ||
    (stage === 'authentication' && /authentication/i.test(cause.message))
  ) {
    return new AuthenticationError(peer, { username, methods }, { cause });
  }
  if (/no matching/i.test(cause.message))
    return new ProtocolError(peer, cause.message, { sent: false }, { cause });
  return new UnreachableError(peer, stage, cause.message, { cause });
}

function channelTransport(client: Client, channel: ClientChannel): Transport {
  let handlers: TransportHandlers | undefined;
  let end: { readonly cause?: Error } | undefined;
  let isClosed = false;
  const lost = (cause?: Error) => {
    if (end !== undefined) return;
    end = cause === undefined ? {} : { cause };
    handlers?.lost(cause);
  };
  client.removeAllListeners('error').on('error', lost);
  client.on('close', () => lost());
  channel.on('error', lost);
  channel.on('end', () => lost()).on('close', () => lost());
  // Nobody reads it, but unread it would stop the channel.
  channel.stderr.resume();
  return {
    start(given) {
      handlers = given;
      if (end === undefined) channel.on('data', given.received);
      else given.lost(end.cause);
    },
    write(bytes) {
      if (!isClosed && channel.writable) channel.write(bytes);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      client.end();
      setTimeout(() => client.destroy(), lingerMs).unref();
    },
  };
}
