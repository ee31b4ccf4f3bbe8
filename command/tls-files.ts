/** Certificates and keys for TLS, in files that variables of the environment name. */
import type { Environment } from '../client/profile.ts';
import { tlsProblem } from '../client/tls-material.ts';
import { textOf } from './setting.ts';
import { UsageError } from './usage.ts';

/** The variables that name the files: with the authorities to trust, with one's own certificate, and with its key. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The contents of the files. `undefined`: no variable is set. Throws a `UsageError` that names the variable, and quotes no file. */
export function tlsFrom(files: TlsFiles, env: Environment): Tls | undefined {
  const [ca, cert, key] = (['ca', 'cert', 'key'] as const).map((part) => pemOf(part, files[part], env));
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError(
      `${cert === undefined ? files.cert : files.key}: expected a file, as the other one of ${files.cert} and ${files.key} is set; got none`,
    );
  if (ca === undefined && cert === undefined) return undefined;
  const problem = tlsProblem({ ca, cert, key });
  if (problem !== undefined) {
    const names = problem.parts.map((part) => files[part]);
    const paths = names.map((name) => env[name]).join(', ');
    throw new UsageError(
      `${names.join(', ')}: expected ${problem.expected}, got ${problem.reason} in ${paths}`,
    );
  }
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

function pemOf(part: keyof TlsFiles, name: string, env: Environment): string | undefined {
  const path = env[name];
  if (!path) return undefined;
  const text = textOf({ by: name, value: path }, 'a readable PEM file');
  const isKey = part === 'key';
  const expected = isKey ? 'PRIVATE KEY' : 'CERTIFICATE';
  if (!new RegExp(`-----BEGIN [A-Z ]*${expected}-----`).test(text))
    throw new UsageError(`${name}: expected a PEM file with a ${expected}, got none in ${path}`);
  if (isKey && /ENCRYPTED/.test(text))
    throw new UsageError(`${name}: expected a key without a passphrase, got an encrypted one in ${path}`);
  return text;
}
