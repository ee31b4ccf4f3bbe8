import { COMMANDS, type Command } from './commands.ts';
import { connectedTo, connectionOptions } from './connection-options.ts';
import { fittedHelp } from './fitted-help.ts';
import { commandNamed, mainHelp } from './help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { printableMessage } from './printable.ts';
import { drawOptionsOf } from './style.ts';
import { UnknownOptionError, wantsHelp } from './usage.ts';

/** Names, not classes: commands are loaded when they are called, and some loaders give a command its own copy of a class. */
const MISUSE: ReadonlySet<string> = new Set(['UsageError', 'InvalidRequestError']);

/** The `gateway-saga` command. Resolves with the exit code; rejects only for a defect of gateway-saga. */
export async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = argv;
  try {
    return await dispatch(name, rest, io);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const misuse = MISUSE.has(error.name);
    const known = COMMANDS.find((one) => one.name === name);
    const command = known === undefined ? '' : ` ${known.name}`;
    io.stderr.write(`gateway-saga${command}: ${printableMessage(withConnections(error, known))}\n`);
    if (!misuse) return EXIT.otherwise;
    io.stderr.write(`gateway-saga${command} --help shows how it is used.\n`);
    return name === 'plan' && rest.includes('--detailed-exitcode') ? EXIT.detailedMisuse : EXIT.misuse;
  }
}

async function dispatch(name: string | undefined, rest: readonly string[], io: CommandIo): Promise<number> {
  if (name === '--help' || name === '-h') {
    io.stdout.write(fittedHelp(mainHelp(), drawOptionsOf(io.stdout, io.env).columns));
    return EXIT.ok;
  }
  const { load, connects = [] } = commandNamed(name === '--version' ? 'version' : name);
  const { HELP, run } = await load();
  if (wantsHelp(rest)) {
    io.stdout.write(fittedHelp(HELP, drawOptionsOf(io.stdout, io.env).columns));
    return EXIT.ok;
  }
  const { argv, env } = connectedTo(connects, rest, io.env);
  return run(argv, connects.length === 0 ? io : withEnv(io, env));
}

/** Makes the message about an unknown option list the options of the connections, too. No command knows these itself. */
function withConnections(error: Error, command: Command | undefined): Error {
  if (!('known' in error && 'got' in error)) return error;
  const { known, got } = error as UnknownOptionError;
  const further = Object.keys(connectionOptions(command?.connects)).map((name) => `--${name}`);
  return new UnknownOptionError([...known, ...further], got);
}

/** The same surroundings with another environment. Standard input stays unopened until a command reads it. */
function withEnv(io: CommandIo, env: CommandIo['env']): CommandIo {
  return Object.create(io, { env: { value: env } }) as CommandIo;
}
