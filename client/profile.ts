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

/**
 * The files for TLS: what the names of their fields in the profile file begin with. In capitals the same words stand in the variables `TEMPORAL_TLS_…`.
 * Each may be given as a path or as the text itself.
 */
const TLS_FILES = { ca: 'server_ca_cert', cert: 'client_cert', key: 'client_key' } as const;

/**
 * Reads the Temporal CLI's variables and profile file. Throws an `InvalidRequestError` that names paths, but quotes neither the file nor a
 * variable's value, because they may be keys.
 */
export function profileOf(env: Environment, profile?: string): Profile {
  const overrideEnvVars = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const { tls: given, ...config } = loaded(env, () => loadClientConfigProfile({ overrideEnvVars, profile }));
  // The SDK would silently ignore a certificate without a key.
  if ((given?.clientCert === undefined) !== (given?.clientKey === undefined)) {
    const [part, one] = given?.clientCert
      ? (['cert', 'the certificate'] as const)
      : (['key', 'the key'] as const);
    throw new InvalidRequestError(sourceOf(part, env), 'a certificate and its key', `only ${one}`);
  }
  const { namespace, connectionOptions } = loaded(env, () => toClientOptions({ ...config, tls: given }));
  const { address, tls, metadata } = connectionOptions;
  if (typeof tls === 'object') refuseUnusable(tls, env);
  return { namespace, connection: { address, tls, metadata, apiKey: config.apiKey } };
}

/** Refuses TLS files that can't be used, because the SDK's own errors name neither the variable nor the file. */
function refuseUnusable(tls: Exclude<Options['tls'], boolean | undefined>, env: Environment): void {
  const { serverRootCACertificate: ca, clientCertPair: own } = tls ?? {};
  const problem = tlsProblem({
    ...(ca && { ca: Buffer.from(ca) }),
    ...(own && { cert: Buffer.from(own.crt), key: Buffer.from(own.key) }),
  });
  if (problem === undefined) return;
  const names = problem.parts.map((part) => sourceOf(part, env)).join(', ');
  throw new InvalidRequestError(names, problem.expected, problem.reason);
}

/** The variable that gave one of the files for TLS, or else the field of the profile file. */
function sourceOf(part: keyof typeof TLS_FILES, env: Environment): string {
  const name = TLS_FILES[part];
  const variables = ['PATH', 'DATA'].map((form) => `TEMPORAL_TLS_${name}_${form}`.toUpperCase());
  return variables.find((variable) => env[variable]) ?? `${name}_… in the profile file`;
}

function loaded<T>(env: Environment, load: () => T): T {
  try {
    return load();
  } catch (error) {
    // The message of the TOML parser quotes the lines around a mistake, which may hold a secret.
    const { message, path } = error as NodeJS.ErrnoException;
    const got = message.includes('TOML') ? 'a profile file that is no TOML' : message;
    const [variable] = Object.entries(env).find(([, value]) => path !== undefined && value === path) ?? [];
    throw new InvalidRequestError(
      variable ?? 'TEMPORAL_… or the profile file',
      'what the Temporal CLI takes',
      got,
    );
  }
}
