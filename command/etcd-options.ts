import type { Environment } from '../client/profile.ts';
import { clientOptions, type StoreOptions } from '../etcd/options.ts';
import { textOf, type Setting } from './setting.ts';
import { tlsFrom } from './tls-files.ts';
import { quoted, UsageError } from './usage.ts';

const ENDPOINTS = 'ETCDCTL_ENDPOINTS';
const DEFAULT_ENDPOINT = '127.0.0.1:2379';
const ENDPOINT = 'host:port, http://host:port or https://host:port';

/**
 * Where etcd is, by etcdctl's own environment variables: ETCDCTL_ENDPOINTS, ETCDCTL_CACERT, ETCDCTL_CERT, ETCDCTL_KEY, ETCDCTL_USER
 * (`user:password`, or the user alone) and ETCDCTL_PASSWORD. GATEWAY_SAGA_ETCD_PASSWORD_FILE, which etcdctl does not know, may name a file
 * with the password instead. Throws a `UsageError` that names the variable, and never quotes a secret. `by`: the variable or the option
 * that gave the endpoints.
 */
export function etcdOptions(env: Environment, by: string = ENDPOINTS): StoreOptions {
  const endpoints = (env[ENDPOINTS] || DEFAULT_ENDPOINT)
    .split(',')
    .map((endpoint) => endpoint.trim())
    .filter((endpoint) => endpoint !== '')
    .map((endpoint) => endpointOf(endpoint, by));
  if (endpoints.length === 0)
    throw new UsageError(`${by}: expected ${ENDPOINT}, several separated by commas, got none`);
  const tls = tlsFrom(FILES, env);
  const auth = authOf(env);
  const options = { endpoints, ...(tls && { tls }), ...(auth && { auth }) };
  refuseContradiction(options, by);
  const prefix = env[TEMPLATE_PREFIX];
  return prefix ? { ...options, templatePrefix: prefixOf({ by: TEMPLATE_PREFIX, value: prefix }) } : options;
}

/** An endpoint as etcdctl takes it, without the slash at its end. Anything else is refused here: etcd3 would look it up as the name of a host, at each call. */
function endpointOf(given: string, by: string): string {
  const [, scheme = '', host = '', port] =
    /^([a-z]+:\/\/)?([\w.-]+|\[[\da-f:.]+(?:%\w+)?\])(?::(\d{1,5}))?\/?$/i.exec(given) ?? [];
  const isWeb = ['', 'http://', 'https://'].includes(scheme.toLowerCase());
  if (host !== '' && isWeb && Number(port ?? 1) >= 1 && Number(port ?? 1) <= 65_535)
    return `${scheme.toLowerCase()}${host}${port === undefined ? '' : `:${port}`}`;
  // What stands before an @ may be a password.
  const got = given.includes('@') ? 'one with a login, which belongs into ETCDCTL_USER' : quoted(given);
  throw new UsageError(`${by}: expected ${ENDPOINT}, got ${got}`);
}

function refuseContradiction(options: StoreOptions, by: string): void {
  try {
    clientOptions(options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${by}: ${error.message.replace(/^E/, 'e')}`);
  }
}

const FILES = { ca: 'ETCDCTL_CACERT', cert: 'ETCDCTL_CERT', key: 'ETCDCTL_KEY' } as const;

const PASSWORD_FILE = 'GATEWAY_SAGA_ETCD_PASSWORD_FILE';

function authOf(env: Environment): StoreOptions['auth'] {
  const user = env.ETCDCTL_USER;
  if (!user) return withoutUser(env);
  const colon = user.indexOf(':');
  const username = colon === -1 ? user : user.slice(0, colon);
  const file = env[PASSWORD_FILE];
  const password = file
    ? textOf({ by: PASSWORD_FILE, value: file }).replace(/\r?\n$/, '')
    : env.ETCDCTL_PASSWORD || (colon === -1 ? '' : user.slice(colon + 1));
  if (file && password === '')
    throw new UsageError(`${PASSWORD_FILE}: expected a password in ${file}, got none`);
  if (username === '' || password === '')
    throw new UsageError(
      `ETCDCTL_USER: expected user:password, or a user and ETCDCTL_PASSWORD or ${PASSWORD_FILE}, got no ${username === '' ? 'user' : 'password'}`,
    );
  return { username, password };
}

/** No login. Throws a `UsageError` for a password, which would be for nothing. */
function withoutUser(env: Environment): undefined {
  const given = [PASSWORD_FILE, 'ETCDCTL_PASSWORD'].find((name) => env[name]);
  if (given !== undefined) throw new UsageError(`${given}: expected ETCDCTL_USER beside it, got no user`);
}

/** Names the prefix of published templates, for whoever reads or publishes them. */
const TEMPLATE_PREFIX = 'GATEWAY_SAGA_TEMPLATE_PREFIX';
/** Below these prefixes other records stand, so a template there could be taken for one of them. `FREE` are the exceptions. */
const TAKEN = /^\/(?:config|esi-worker|gateway-saga|jobs|monitoring|state)\//;
const FREE = ['/config/v2.0/heat_templates/', '/gateway-saga/templates/'];

/** The prefix of the keys of published templates. Throws a `UsageError` for one under which other records stand. */
export function prefixOf({ by, value }: Setting): string {
  const isFree = FREE.includes(value) || !TAKEN.test(value);
  if (isFree && /^\/(?:[\w.-]+\/)+$/.test(value)) return value;
  throw new UsageError(
    `${by}: expected ${FREE.join(', ')} or a prefix of your own like /network/templates/, got ${quoted(value)}`,
  );
}
