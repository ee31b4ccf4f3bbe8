import { COMMANDS, type Command } from './commands.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';
import { didYouMean } from './did-you-mean.ts';
import { fittedHelp } from './fitted-help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { drawOptionsOf } from './style.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

export const HELP = `Usage: gateway-saga help [COMMAND]

Shows all commands, or the help of one of them.

  COMMAND  one of those that gateway-saga help lists
  --help   shows this

Exit code: 0 shown; 2 there is no such command.

Examples:
  gateway-saga help
  gateway-saga help status
`;

export const OPTIONS = {} as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const [name] = parseUsage(argv, OPTIONS, ['[COMMAND]']).positionals;
  const help = name === undefined ? mainHelp() : (await commandNamed(name).load()).HELP;
  io.stdout.write(fittedHelp(help, drawOptionsOf(io.stdout, io.env).columns));
  return EXIT.ok;
}

/** Throws a `UsageError` that lists the commands. */
export function commandNamed(name: string | undefined): Command {
  const command = COMMANDS.find((known) => known.name === name);
  if (command) return command;
  const names = COMMANDS.map((known) => known.name);
  const got = name === undefined ? 'none' : `${quoted(name)}${didYouMean(name, names)}`;
  throw new UsageError(`expected a command (${names.join(', ')}), got ${got}`);
}

export function mainHelp(): string {
  const usages = COMMANDS.map(({ name, arguments: args, summary }) => ({
    usage: `${name} ${args}`.trimEnd(),
    summary,
  }));
  const width = Math.max(...usages.map(({ usage }) => usage.length));
  const row = (usage: string, summary: string) => `  ${usage.padEnd(width)}  ${summary}`;
  const rows = usages.map(({ usage, summary }) => row(usage, summary));
  return `Usage: gateway-saga COMMAND [arguments] [options]

Creates, updates and deletes VPN and Internet gateways on pairs of edge routers, on both or on neither.

${rows.join('\n')}

${row('--help', "shows this, or a command's own help")}
${row('--version', 'as version')}

Exit code: 0 done as asked; 1 ended otherwise; 2 not understood; 130 interrupted;
141 nobody read its output to the end.

Examples:
  gateway-saga create vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf
  gateway-saga apply --file gateways.txt
  gateway-saga status vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf --watch
  gateway-saga list --failed --since 12h
  gateway-saga plan internet_gateway 429e24b5-a2f0-4fb8-b467-e335857e9476
  gateway-saga worker --known-hosts /etc/gateway-saga/known_hosts
  gateway-saga delete --help

${TEMPORAL_HELP}
${ETCD_HELP}`;
}
