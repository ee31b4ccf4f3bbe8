/** `gateway-saga router`: a simulated router, or a pair of them, as a program of its own. */

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  baseConfig,
  keptHostKey,
  startPair,
  startRouter,
  type Router,
  type RouterOptions,
  type RouterUser,
} from '../simulator/server/index.ts';

/** What the command uses of its process; `process` itself will do. */
export interface RouterIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
}

const PASSWORD = 'GATEWAY_SAGA_ROUTER_PASSWORD';

const HELP = `Usage: gateway-saga router --port PORT [--pair PORT] [options]

Runs a simulated Junos router that speaks NETCONF over SSH, or a pair of them with VRRP between the two.
Stays until it is interrupted.

  --port PORT             where to listen; 0 for any free port
  --pair PORT             runs a second router there, the first one's peer
  --host ADDRESS          address to listen on (default 127.0.0.1)
  --name NAME             host name (default edge-primary or edge-secondary; of a pair: NAME-primary, NAME-secondary)
  --user NAME[:PASSWORD]  a login, may be repeated; without a password here the one in ${PASSWORD}
                          is taken (default admin)
  --authorized-keys FILE  public keys that every user may log in with
  --role ROLE             base configuration to start with: primary or secondary (default primary)
  --config FILE           configuration to start with instead; for a pair give it twice
  --state FILE            keeps configuration and history here over restarts; of a pair: FILE.primary, FILE.secondary
  --host-key FILE         the host key, made if the file doesn't exist (default: a new one each time)
  --known-hosts FILE      adds the host key to this known_hosts file
  --commit-seconds N      how long a commit takes (default 0)
  --check-seconds N       how long a commit check takes (default 0)
  --minute-seconds N      how long a minute of a confirmed commit's timeout is (default 60)
  --base11                offers base:1.1, chunked framing
  -h, --help              shows this

Examples:
  ${PASSWORD}=… gateway-saga router --port 8301
  gateway-saga router --port 8301 --pair 8302 --state routers.json --host-key host_key --known-hosts known_hosts
  gateway-saga router --port 8301 --user alice --authorized-keys ~/.ssh/id_ed25519.pub --commit-seconds 5.6
`;

const OPTIONS = {
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
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = ReturnType<typeof parseOptions>;
type Role = 'primary' | 'secondary';

/** Thrown when an option is missing, or makes no sense. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Runs until SIGINT or SIGTERM. Resolves with the exit code: 0, 1 when it could not start, 2 for bad options. */
export async function runRouter(argv: readonly string[], io: RouterIo): Promise<number> {
  try {
    const values = parse(argv);
    if (values.help) {
      io.stdout.write(HELP);
      return 0;
    }
    await serve(values, routersOf(values, io.env), io);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const misuse = error instanceof UsageError;
    io.stderr.write(`gateway-saga router: ${error.message}\n`);
    if (misuse) io.stderr.write('See gateway-saga router --help\n');
    return misuse ? 2 : 1;
  }
}

async function serve(values: Values, specs: readonly RouterOptions[], io: RouterIo): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const [first, second] = specs as [RouterOptions, RouterOptions?];
  const pair = second && (await startPair({ primary: first, secondary: second }));
  const routers = pair ? [pair.primary, pair.secondary] : [await startRouter(first)];
  try {
    if (values['known-hosts'] !== undefined) addKnownHosts(values['known-hosts'], routers);
    for (const router of routers) io.stdout.write(introduction(router, first.users[0]?.name ?? ''));
    await stopped;
  } finally {
    await Promise.all(routers.map((router) => router.close()));
  }
}

function introduction(router: Router, user: string): string {
  const address = router.hostKeyLine.split(' ')[0]?.replace(/^\[(.*)\]:\d+$/, '$1');
  return [
    `${router.id} listens on ${router.host} port ${router.port}`,
    `  host key     ${router.fingerprint}`,
    `  known_hosts  ${router.hostKeyLine}`,
    `  try          ssh -p ${router.port} -s ${user}@${address} netconf`,
    '',
  ].join('\n');
}

function addKnownHosts(file: string, routers: readonly Router[]): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const known = text.split(/\r?\n/);
  const added = routers.map((router) => router.hostKeyLine).filter((line) => !known.includes(line));
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  if (added.length > 0) appendFileSync(file, `${separator}${added.join('\n')}\n`);
}

const parseOptions = (argv: readonly string[]) => parseArgs({ args: [...argv], options: OPTIONS }).values;

function parse(argv: readonly string[]): Values {
  try {
    return parseOptions(argv);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The routers that the options ask for: one, or the primary and the secondary of a pair. */
function routersOf(values: Values, env: RouterIo['env']): RouterOptions[] {
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
  };
  const roles: readonly Role[] = isPair ? ['primary', 'secondary'] : [roleOf(values.role ?? 'primary')];
  const hostKey = hostKeyFile === undefined ? {} : { hostKey: keptHostKey(hostKeyFile) };
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
      config: file === undefined ? baseConfig({ name, role }) : readText('--config', file),
      ...(values.state !== undefined && { stateFile: `${values.state}${isPair ? `.${role}` : ''}` }),
    };
  });
}

function usersOf(values: Values, env: RouterIo['env']): RouterUser[] {
  const keysFile = values['authorized-keys'];
  const keys = keysFile === undefined ? undefined : publicKeys(readText('--authorized-keys', keysFile));
  return (values.user ?? ['admin']).map((given) => {
    const colon = given.indexOf(':');
    const name = colon === -1 ? given : given.slice(0, colon);
    const password = colon === -1 ? env[PASSWORD] : given.slice(colon + 1);
    if (name === '') throw new UsageError('--user: expected NAME or NAME:PASSWORD, got no name');
    if (!password && keys === undefined)
      throw new UsageError(
        `--user ${name}: expected a password (--user ${name}:PASSWORD, or ${PASSWORD} in the environment) or --authorized-keys, got neither`,
      );
    return { name, ...(password && { password }), ...(keys && { publicKeys: keys }) };
  });
}

const publicKeys = (text: string): string[] =>
  text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));

function port(option: string, text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(value <= 65_535)) throw new UsageError(`${option}: expected a port from 0 to 65535, got "${text}"`);
  return value;
}

function milliseconds(option: string, text: string, least = 0): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : NaN;
  if (!(ms >= least))
    throw new UsageError(`${option}: expected seconds ${least > 0 ? 'above 0' : 'from 0'}, got "${text}"`);
  return ms;
}

function roleOf(text: string): Role {
  if (text !== 'primary' && text !== 'secondary')
    throw new UsageError(`--role: expected primary or secondary, got "${text}"`);
  return text;
}

function readText(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: expected a readable file, got ${file}`, { cause: error });
  }
}
