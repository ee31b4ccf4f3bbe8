/** A transport over SSH. RFC 6242 §3. */
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
  /** Deadline for all steps until the subsystem is open, in milliseconds. */
  readonly connectMs: number;
  /** SSH's keepalive finds routers that have gone silent; NETCONF has none. */
  readonly keepalive: Keepalive;
  /** Ends the attempt to connect. */
  readonly signal?: AbortSignal | undefined;
}

export interface Keepalive {
  readonly intervalMs: number;
  /** The connection is given up after so many unanswered keepalives in a row. */
  readonly count: number;
}

/** Without `diffie-hellman-group-exchange`: in ssh2 its key exchange blocks the event loop for seconds. */
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

/** How long a closed connection may take to end by itself, in milliseconds. */
const lingerMs = 1_000;

/**
 * Connects, checks the host key, authenticates, and opens the `netconf` subsystem.
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
      // ssh2 may still report errors, which no longer matter.
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
        // With Nagle's algorithm, which ssh2 leaves on, each round trip takes 40 ms longer.
        client.setNoDelay(true);
      })
      .on('handshake', () => void (stage = 'authentication'))
      .on('error', (error: SshError) => {
        // If the agent can't be reached, the next method is tried.
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
        // The timer above covers all stages.
        readyTimeout: 0,
        keepaliveInterval: keepalive.intervalMs,
        keepaliveCountMax: keepalive.count,
      });
    } catch (error) {
      fail(error);
    }
  });
}

/** Algorithms of known keys first: then a router with several keys presents one that can be checked. */
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
  // An unread stderr would block the channel once its buffer is full.
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
