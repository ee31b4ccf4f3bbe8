import { createRequire } from 'node:module';
import { COMMANDS } from './commands.ts';
import { mainHelp } from './help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { printable } from './printable.ts';
import { quoted, UsageError, wantsHelp } from './usage.ts';

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
    const command = COMMANDS.some((known) => known.name === name) ? ` ${name}` : '';
    io.stderr.write(`gateway-saga${command}: ${messageOf(error)}\n`);
    if (!misuse) return EXIT.otherwise;
    io.stderr.write(`gateway-saga${command} --help shows how it is used.\n`);
    return name === 'plan' && rest.includes('--detailed-exitcode') ? EXIT.detailedMisuse : EXIT.misuse;
  }
}

async function dispatch(name: string | undefined, rest: readonly string[], io: CommandIo): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    io.stdout.write(mainHelp());
    return EXIT.ok;
  }
  if (name === '--version') {
    io.stdout.write(`${versionOf()}\n`);
    return EXIT.ok;
  }
  const command = COMMANDS.find((known) => known.name === name);
  if (!command) {
    const names = COMMANDS.map((known) => known.name).join(', ');
    throw new UsageError(`expected a command (${names}), got ${name === undefined ? 'none' : quoted(name)}`);
  }
  const { HELP, run } = await command.load();
  if (HELP !== '' && wantsHelp(rest)) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  return run(rest, io);
}

/** The version in gateway-saga's own `package.json`, which is found by the package's name from wherever this file was built to. */
function versionOf(): string {
  const { version } = createRequire(import.meta.url)('gateway-saga/package.json') as { version: string };
  return version;
}

/** An error's message, and the messages of those of its causes that add something. */
function messageOf(error: Error): string {
  const own = printable(error.message);
  if (!(error.cause instanceof Error)) return own;
  const deeper = messageOf(error.cause);
  return own.includes(deeper) ? own : `${own}: ${deeper}`;
}
