import { readFileSync } from 'node:fs';
import { tlsProblem } from '../client/tls-material.ts';
import type { StoreOptions } from '../etcd/store.ts';
import { UsageError } from './usage.ts';

const DEFAULT_ENDPOINT = '127.0.0.1:2379';

/**
 * Where etcd is, by etcdctl's own environment variables: ETCDCTL_ENDPOINTS, ETCDCTL_CACERT, ETCDCTL_CERT, ETCDCTL_KEY, ETCDCTL_USER
 * (`user:password`, or the user alone) and ETCDCTL_PASSWORD. GATEWAY_SAGA_ETCD_PASSWORD_FILE, which etcdctl does not know, may name a file
 * with the password instead. Throws a `UsageError` that names the variable, and never quotes a secret.
 */
export function etcdOptions(env: Readonly<Record<string, string | undefined>>): StoreOptions {
  const endpoints = (env.ETCDCTL_ENDPOINTS || DEFAULT_ENDPOINT)
    .split(',')
    .map((endpoint) => endpoint.trim())
    .filter((endpoint) => endpoint !== '');
  if (endpoints.length === 0)
    throw new UsageError('ETCDCTL_ENDPOINTS: expected host:port, several separated by commas, got none');
  const tls = tlsOf(env);
  const auth = authOf(env);
  return { endpoints, ...(tls && { tls }), ...(auth && { auth }) };
}

function tlsOf(env: Readonly<Record<string, string | undefined>>): StoreOptions['tls'] {
  const [ca, cert, key] = ['ETCDCTL_CACERT', 'ETCDCTL_CERT', 'ETCDCTL_KEY'].map((name) => pemOf(name, env));
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError(
      `${cert === undefined ? 'ETCDCTL_CERT' : 'ETCDCTL_KEY'}: expected a file, as the other one of ETCDCTL_CERT and ETCDCTL_KEY is set; got none`,
    );
  if (ca === undefined && cert === undefined) return undefined;
  const problem = tlsProblem({ ca, cert, key });
  if (problem !== undefined)
    throw new UsageError(`ETCDCTL_CERT, ETCDCTL_KEY: expected a certificate and its key, got ${problem}`);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

function pemOf(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const path = env[name];
  if (!path) return undefined;
  const text = contentOf(name, path, 'a readable PEM file');
  const expected = name === 'ETCDCTL_KEY' ? 'PRIVATE KEY' : 'CERTIFICATE';
  if (!new RegExp(`-----BEGIN [A-Z ]*${expected}-----`).test(text))
    throw new UsageError(`${name}: expected a PEM file with a ${expected}, got none in ${path}`);
  if (/ENCRYPTED/.test(text))
    throw new UsageError(`${name}: expected a key without a passphrase, got an encrypted one in ${path}`);
  return text;
}

function contentOf(name: string, path: string, expected: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`${name}: expected ${expected}, got ${path}`, { cause });
  }
}

const PASSWORD_FILE = 'GATEWAY_SAGA_ETCD_PASSWORD_FILE';

function authOf(env: Readonly<Record<string, string | undefined>>): StoreOptions['auth'] {
  const user = env.ETCDCTL_USER;
  if (!user) return undefined;
  const colon = user.indexOf(':');
  const username = colon === -1 ? user : user.slice(0, colon);
  const file = env[PASSWORD_FILE];
  const password = file
    ? contentOf(PASSWORD_FILE, file, 'a readable file').replace(/\r?\n$/, '')
    : env.ETCDCTL_PASSWORD || (colon === -1 ? '' : user.slice(colon + 1));
  if (username === '' || password === '')
    throw new UsageError(
      `ETCDCTL_USER: expected user:password, or a user and ETCDCTL_PASSWORD or ${PASSWORD_FILE}, got no ${username === '' ? 'user' : 'password'}`,
    );
  return { username, password };
}
