import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { startPair, startRouter, type Router, type RouterOptions } from '../simulator/server/index.ts';
import { EXIT, type CommandIo } from './io.ts';
import { PASSWORD_VARIABLE, routerCommand } from './router-options.ts';
import { UsageError, wantsHelp } from './usage.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export const HELP = `Usage: gateway-saga router --port PORT [--pair PORT] [options]

Runs a simulated Junos router that speaks NETCONF over SSH, or a pair of them with VRRP between the two.
Stays until it is interrupted.

  --port PORT             where to listen; 0 for any free port
  --pair PORT             runs a second router there, the first one's peer
  --host ADDRESS          address to listen on (default 127.0.0.1)
  --name NAME             host name (default edge-primary or edge-secondary; of a pair: NAME-primary, NAME-secondary)
  --user NAME[:PASSWORD]  a login, may be repeated; without a password here the one in ${PASSWORD_VARIABLE}
                          is taken (default admin)
  --authorized-keys FILE  public keys that every user may log in with
  --role ROLE             base configuration to start with: primary or secondary (default primary)
  --config FILE           configuration to start with instead, in braces or as set commands; for a pair give it twice
  --state FILE            keeps configuration and history here over restarts; of a pair: FILE.primary, FILE.secondary
  --host-key FILE         the host key, made if the file doesn't exist (default: a new one each time)
  --known-hosts FILE      adds the host key to this known_hosts file
  --commit-seconds N      how long a commit takes (default 0)
  --check-seconds N       how long a commit check takes (default 0)
  --minute-seconds N      how long a minute of a confirmed commit's timeout is (default 60)
  --base11                offers base:1.1, chunked framing
  --peer ADDRESS:AS[:KEY] a router outside that speaks BGP with a neighbor that fits, may be repeated
  -h, --help              shows this

Examples:
  ${PASSWORD_VARIABLE}=… gateway-saga router --port 8301
  gateway-saga router --port 8301 --pair 8302 --state routers.json --host-key host_key --known-hosts known_hosts
  gateway-saga router --port 8301 --user alice --authorized-keys ~/.ssh/id_ed25519.pub --commit-seconds 5.6
`;

/** Runs until SIGINT or SIGTERM. Throws a `UsageError` for bad options; rejects when a router cannot start. */
export async function runRouter(argv: readonly string[], io: CommandIo): Promise<number> {
  if (wantsHelp(argv)) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  const { routers: specs, configurations, knownHosts } = routerCommand(argv, io.env);
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  for (const signal of SIGNALS) process.once(signal, stop);
  try {
    const { routers, close } = await start(specs);
    try {
      if (knownHosts !== undefined) addKnownHosts(knownHosts, routers);
      for (const [index, router] of routers.entries())
        io.stdout.write(introduction(router, specs[0].users[0]?.name ?? '', configurations[index]));
      await stopped;
    } finally {
      await close();
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
  return EXIT.ok;
}

async function start([first, second]: readonly [RouterOptions, RouterOptions?]) {
  if (second === undefined) {
    const router = await startRouter(first);
    return { routers: [router], close: () => router.close() };
  }
  const pair = await startPair({ primary: first, secondary: second });
  return { routers: [pair.primary, pair.secondary], close: () => pair.close() };
}

function introduction(router: Router, user: string, configuration?: string): string {
  const address = router.hostKeyLine.split(' ')[0]?.replace(/^\[(.*)\]:\d+$/, '$1');
  return [
    `${router.id} listens on ${router.host} port ${router.port}`,
    ...(configuration === undefined ? [] : [`  config       ${configuration}`]),
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
  try {
    if (added.length > 0) appendFileSync(file, `${separator}${added.join('\n')}\n`);
  } catch (cause) {
    throw new UsageError(`--known-hosts: expected a file that can be written, got ${file}`, { cause });
  }
}
