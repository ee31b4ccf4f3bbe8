/** A transport over SSH. RFC 6242 §3. */
import { Client, type ClientChannel } from 'ssh2';
import { AlgorithmError, AuthenticationError, HostKeyError, UnreachableError } from './errors.ts';
import type { NetconfError, OpeningStage, Peer } from './errors.ts';
import type { HostKeyVerdict, KnownHosts } from './known-hosts.ts';
import { algorithmsFor, Negotiation } from './ssh-algorithms.ts';
import { authenticationHandler, NEW_PASSWORD, type Credentials } from './ssh-authentication.ts';
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

/** How long a closed connection may take to end by itself, in milliseconds. */
const lingerMs = 1_000;

/**
 * Connects, checks the host key, authenticates, and opens the `netconf` subsystem.
 *
 * @throws {UnreachableError}, {HostKeyError}, {AuthenticationError}, {AlgorithmError}, or the signal's reason.
 */
export function connectSsh(options: SshOptions): Promise<Transport> {
  const { peer, credentials, knownHosts, connectMs, keepalive, signal } = options;
  return new Promise((resolve, reject) => {
    const client = new Client();
    const methods: string[] = [];
    const negotiation = new Negotiation();
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
    const refuse = (reason: string) =>
      fail(new AuthenticationError(peer, { username: credentials.username, methods, reason }));
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
        fail(
          openingError(error, {
            peer,
            stage,
            verdict,
            doubt: knownHosts.doubt,
            methods,
            negotiation,
            username: credentials.username,
          }),
        );
      })
      .on('close', () => fail(new UnreachableError(peer, stage, 'the connection was closed')))
      .on('change password', () => refuse(NEW_PASSWORD))
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
        authHandler: authenticationHandler(credentials, { tried: methods, refuse }),
        hostVerifier: (key: Buffer) => {
          verdict = knownHosts.verify(peer, key);
          return verdict.kind === 'known';
        },
        algorithms: algorithmsFor(knownHosts.keyTypes(peer)),
        debug: negotiation.hear,
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

interface SshError extends Error {
  readonly level?: string;
}

interface OpeningFacts {
  readonly peer: Peer;
  readonly stage: OpeningStage;
  readonly verdict: HostKeyVerdict | undefined;
  readonly doubt: string | undefined;
  readonly methods: readonly string[];
  readonly negotiation: Negotiation;
  readonly username: string;
}

function openingError(
  cause: SshError,
  { peer, stage, verdict, doubt, methods, negotiation, username }: OpeningFacts,
): NetconfError {
  if (verdict !== undefined && verdict.kind !== 'known') return new HostKeyError(peer, verdict, doubt);
  if (
    cause.level === 'client-authentication' ||
    (stage === 'authentication' && /authentication/i.test(cause.message))
  ) {
    return new AuthenticationError(peer, { username, methods }, { cause });
  }
  if (/no matching/i.test(cause.message)) return new AlgorithmError(peer, negotiation.words, { cause });
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
