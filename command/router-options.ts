import type { Environment } from '../client/profile.ts';
import type { Role } from '../gateway/resource.ts';
import {
  baseConfig,
  formOf,
  HostKeyError,
  keptHostKey,
  type HostKey,
  type OutsidePeer,
  type RouterOptions,
  type RouterUser,
} from '../simulator/server/index.ts';
import { textOf } from './setting.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

/** The variable with the password of each user that is named without one. */
export const PASSWORD_VARIABLE = 'GATEWAY_SAGA_ROUTER_PASSWORD';

export const OPTIONS = {
  port: { type: 'string' },
  pair: { type: 'string' },
  host: { type: 'string', default: '127.0.0.1' },
  name: { type: 'string' },
  user: { type: 'string', multiple: true },
  'authorized-keys': { type: 'string' },
  role: { type: 'string' },
  config: { type: 'string', multiple: true },
  state: { type: 'string' },
  'host-key': { type: 'string' },
  'known-hosts': { type: 'string' },
  'commit-seconds': { type: 'string', default: '0' },
  'check-seconds': { type: 'string', default: '0' },
  'minute-seconds': { type: 'string', default: '60' },
  base11: { type: 'boolean', default: false },
  peer: { type: 'string', multiple: true },
} as const;

const FORMS = { braces: 'read as text in braces', set: 'read as set commands' } as const;

type Values = ReturnType<typeof valuesOf>;

/** The routers that `gateway-saga router` has to run. */
export interface RouterCommand {
  /** One, or the primary and the secondary of a pair. */
  readonly routers: readonly [RouterOptions, RouterOptions?];
  /** For each router: the file that its configuration was read from, and how that file writes it. Empty: no file was named. */
  readonly configurations: readonly string[];
  readonly knownHosts: string | undefined;
}

/** Throws a `UsageError` when an option is missing or makes no sense. */
export function routerCommand(argv: readonly string[], env: Environment): RouterCommand {
  const values = valuesOf(argv);
  const routers = routersOf(values, env) as [RouterOptions, RouterOptions?];
  const files = values.config ?? [];
  const configurations = files.map(
    (file, index) => `${file}, ${FORMS[formOf(routers[index]?.config ?? '')]}`,
  );
  return { routers, configurations, knownHosts: values['known-hosts'] };
}

const valuesOf = (argv: readonly string[]) => parseUsage(argv, OPTIONS, []).values;

function routersOf(values: Values, env: Environment): RouterOptions[] {
  if (values.port === undefined) throw new UsageError('--port: expected a port, got none');
  const ports = [port('--port', values.port)];
  if (values.pair !== undefined) ports.push(port('--pair', values.pair));
  const isPair = ports.length === 2;
  const configs = values.config ?? [];
  if (isPair && ports[0] === ports[1] && ports[0] !== 0)
    throw new UsageError(`--pair: expected another port than --port, got ${ports[0]} for both`);
  if (isPair && values.role !== undefined)
    throw new UsageError(
      '--role: expected for a single router only, got it with --pair, which has one of each',
    );
  if (configs.length > 0 && configs.length !== ports.length)
    throw new UsageError(`--config: expected once for each router (${ports.length}), got ${configs.length}`);
  const users = usersOf(values, env);
  const hostKeyFile = values['host-key'];
  const options = {
    delays: {
      commit: milliseconds('--commit-seconds', values['commit-seconds']),
      check: milliseconds('--check-seconds', values['check-seconds']),
    },
    minute: milliseconds('--minute-seconds', values['minute-seconds'], 1),
    base11: values.base11,
    peers: (values.peer ?? []).map(peerOf),
  };
  const roles: readonly Role[] = isPair ? ['primary', 'secondary'] : [roleOf(values.role ?? 'primary')];
  const hostKey = hostKeyFile === undefined ? {} : { hostKey: hostKeyOf(hostKeyFile) };
  return roles.map((role, index): RouterOptions => {
    const name = values.name === undefined ? `edge-${role}` : `${values.name}${isPair ? `-${role}` : ''}`;
    const file = configs[index];
    return {
      id: name,
      host: values.host,
      port: ports[index] ?? 0,
      users,
      options,
      ...hostKey,
      config: file === undefined ? baseConfig({ name, role }) : textOf({ by: '--config', value: file }),
      ...(values.state !== undefined && { stateFile: `${values.state}${isPair ? `.${role}` : ''}` }),
    };
  });
}

function usersOf(values: Values, env: Environment): RouterUser[] {
  const keysFile = values['authorized-keys'];
  const keys =
    keysFile === undefined ? undefined : publicKeys(textOf({ by: '--authorized-keys', value: keysFile }));
  return (values.user ?? ['admin']).map((given) => {
    const colon = given.indexOf(':');
    const name = colon === -1 ? given : given.slice(0, colon);
    const password = colon === -1 ? env[PASSWORD_VARIABLE] : given.slice(colon + 1);
    if (name === '') throw new UsageError('--user: expected NAME or NAME:PASSWORD, got no name');
    if (!password && keys === undefined)
      throw new UsageError(
        `--user ${name}: expected a password (--user ${name}:PASSWORD, or ${PASSWORD_VARIABLE} in the environment) or --authorized-keys, got neither`,
      );
    return { name, ...(password && { password }), ...(keys && { publicKeys: keys }) };
  });
}

const publicKeys = (text: string): string[] =>
  text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));

function peerOf(text: string): OutsidePeer {
  const [, address, as, md5] = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,10})(?::(.+))?$/.exec(text) ?? [];
  // The message shows only the address and the AS: what comes behind them may be a key.
  if (address === undefined || as === undefined)
    throw new UsageError(
      `--peer: expected ADDRESS:AS or ADDRESS:AS:KEY, got ${quoted(text.split(':').slice(0, 2).join(':'))}`,
    );
  return { address, as: Number(as), ...(md5 !== undefined && { md5 }) };
}

function port(option: string, text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(value <= 65_535))
    throw new UsageError(`${option}: expected a port from 0 to 65535, got ${quoted(text)}`);
  return value;
}

function milliseconds(option: string, text: string, least = 0): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : NaN;
  if (!(ms >= least))
    throw new UsageError(
      `${option}: expected seconds ${least > 0 ? 'above 0' : 'from 0'}, got ${quoted(text)}`,
    );
  return ms;
}

function roleOf(text: string): Role {
  if (text !== 'primary' && text !== 'secondary')
    throw new UsageError(`--role: expected primary or secondary, got ${quoted(text)}`);
  return text;
}

function hostKeyOf(file: string): HostKey {
  try {
    return keptHostKey(file);
  } catch (cause) {
    const got =
      cause instanceof HostKeyError ? `what is none in ${file}` : `no such folder or no right to it: ${file}`;
    throw new UsageError(`--host-key: expected a private key, or the place for a new one, got ${got}`, {
      cause,
    });
  }
}
