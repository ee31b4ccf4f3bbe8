import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { InvalidRequestError } from './errors.ts';
import { tlsProblem } from './tls-material.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

type Options = ClientConnectConfig['connectionOptions'];

/** Where Temporal is, and the credentials for it. */
export interface Profile {
  readonly namespace: string | undefined;
  readonly connection: Pick<Options, 'address' | 'tls' | 'metadata'> & { readonly apiKey?: string };
}

const WHERE = 'TEMPORAL_… or the profile file';

/**
 * Reads the Temporal CLI's variables and profile file. Throws an `InvalidRequestError` that names paths, but quotes neither the file nor a
 * variable's value, because they may be keys.
 */
export function profileOf(env: Environment, profile?: string): Profile {
  const overrideEnvVars = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const { tls: given, ...config } = loaded(() => loadClientConfigProfile({ overrideEnvVars, profile }));
  // The SDK would silently ignore a certificate without a key.
  if ((given?.clientCert === undefined) !== (given?.clientKey === undefined)) {
    const one = given?.clientCert === undefined ? 'the key' : 'the certificate';
    throw new InvalidRequestError('TEMPORAL_TLS_CLIENT_…', 'a certificate and its key', `only ${one}`);
  }
  const { namespace, connectionOptions } = loaded(() => toClientOptions({ ...config, tls: given }));
  const { address, tls, metadata } = connectionOptions;
  if (typeof tls === 'object') refuseUnusable(tls);
  return { namespace, connection: { address, tls, metadata, apiKey: config.apiKey } };
}

/** Refuses TLS files that can't be used, because the SDK's own errors name neither the variable nor the file. */
function refuseUnusable(tls: Exclude<Options['tls'], boolean | undefined>): void {
  const { serverRootCACertificate: ca, clientCertPair: own } = tls ?? {};
  const problem = tlsProblem({
    ...(ca && { ca: Buffer.from(ca) }),
    ...(own && { cert: Buffer.from(own.crt), key: Buffer.from(own.key) }),
  });
  if (problem !== undefined)
    throw new InvalidRequestError(
      'TEMPORAL_TLS_…',
      'certificates, and the key of the client’s, as PEM',
      problem,
    );
}

function loaded<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    // The message of the TOML parser quotes the lines around a mistake, which may hold a secret.
    const { message } = error as Error;
    const got = message.includes('TOML') ? 'a profile file that is no TOML' : message;
    throw new InvalidRequestError(WHERE, 'what the Temporal CLI takes', got);
  }
}
