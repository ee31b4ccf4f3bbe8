import { Client, Connection, type ConnectionLike } from '@temporalio/client';
import { keysOf, readCodecKeys } from './codec/keys.ts';
import { payloadCodec } from './codec/payload-codec.ts';
import { safeInterceptors } from './closed-channel.ts';
import { InvalidRequestError } from './errors.ts';
import { profileOf, type Environment } from './profile.ts';
import { Temporal } from './temporal.ts';
import { unavailable } from './tls-reason.ts';

/**
 * Where Temporal is. Without any option, the Temporal CLI's own environment variables and profile file decide
 * (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_…`, `TEMPORAL_PROFILE`), else `localhost:7233`.
 */
export interface ConnectOptions {
  /** `host:port`, instead of the environment's. */
  readonly address?: string;
  /** Temporal namespace, instead of the environment's. Default `default`. */
  readonly namespace?: string;
  /** Profile of the Temporal CLI's configuration file. */
  readonly profile?: string;
  /** Instead of `process.env`. */
  readonly env?: Environment;
  /** Path of the file with the keys that encrypt everything that Temporal stores. Default: the file that `GATEWAY_SAGA_CODEC_KEYS` names. */
  readonly codecKeys?: string;
  /** How long the server may take to answer at first, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
  /** A connection that you have already. It stays yours to close. */
  readonly connection?: ConnectionLike;
  /** A client that you have already, with its interceptors and data converter. Its connection stays yours to close. */
  readonly client?: Client;
}

/**
 * Connects to Temporal, or uses the connection or client that is given.
 *
 * @throws {TemporalUnavailableError} if nothing answers there, or the TLS handshake fails.
 * @throws {InvalidRequestError} for options that contradict each other, and for settings of the environment that can't be used.
 */
export async function connectToTemporal(options: ConnectOptions = {}): Promise<Temporal> {
  refuseContradiction(options);
  const { client, connection, namespace, profile, codecKeys, connectTimeoutMs = 10_000 } = options;
  if (client) return new Temporal(client, leaveOpen);
  const env = options.env ?? process.env;
  const dataConverter = {
    payloadCodecs: [payloadCodec(codecKeys ? readCodecKeys(codecKeys, 'codecKeys') : keysOf(env))],
  };
  if (connection) {
    const settings = { connection, namespace: namespace ?? env.TEMPORAL_NAMESPACE, dataConverter };
    return new Temporal(new Client(settings), leaveOpen);
  }

  const configured = profileOf(env, profile);
  const address = options.address ?? configured.connection.address ?? 'localhost:7233';
  const opened = await Connection.connect({
    ...configured.connection,
    address,
    connectTimeout: connectTimeoutMs,
    interceptors: [...safeInterceptors],
  }).catch(async (error: unknown) => {
    throw await unavailable(address, configured.connection.tls, error);
  });
  const settings = { connection: opened, namespace: namespace ?? configured.namespace, dataConverter };
  return new Temporal(new Client(settings), () => opened.close());
}

async function leaveOpen(): Promise<void> {}

function refuseContradiction(options: ConnectOptions): void {
  const { client, connection, address, namespace, profile, codecKeys } = options;
  if (client && (connection || address || namespace || profile || codecKeys))
    throw new InvalidRequestError('client', 'no other option beside a client, which has them all', 'both');
  if (connection && (address || profile))
    throw new InvalidRequestError('connection', 'no address or profile beside a connection', 'both');
}
