import { COMMANDS } from './commands.ts';
import { connectionOptions } from './connection-options.ts';
import { bashScript, fishScript, zshScript, type CompletedCommand } from './completion-scripts.ts';
import { EXIT, type CommandIo } from './io.ts';
import { kindsIn } from './kinds-folder.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

export const HELP = `Usage: gateway-saga completion bash|zsh|fish

Writes a script by which a shell completes commands, their options, and types of gateways. It is made from the commands
of this version, so make it again after an upgrade.

  --help  shows this

Exit code: 0 written; 2 not understood.

Examples:
  source <(gateway-saga completion bash)
  gateway-saga completion bash > /etc/bash_completion.d/gateway-saga
  gateway-saga completion zsh > "\${fpath[1]}/_gateway-saga"
  gateway-saga completion fish > ~/.config/fish/completions/gateway-saga.fish
`;

export const OPTIONS = {} as const;

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const [shell] = parseUsage(argv, OPTIONS, ['SHELL']).positionals;
  if (!Object.hasOwn(SCRIPTS, shell))
    throw new UsageError(`expected bash, zsh or fish, got ${quoted(shell)}`);
  const kinds = await kindsIn(undefined, io.env);
  const types = [...kinds.keys()].sort();
  const ofRecords = [...types, ...[...kinds.neighbours.keys()].sort()];
  io.stdout.write(SCRIPTS[shell as keyof typeof SCRIPTS](await completed(types, ofRecords), types));
  return EXIT.ok;
}

/** `types`: the types of gateways. `ofRecords`: these and the neighbours, for commands whose TYPE may be either. */
async function completed(
  types: readonly string[],
  ofRecords: readonly string[],
): Promise<readonly CompletedCommand[]> {
  return Promise.all(
    COMMANDS.map(
      async ({
        name,
        summary,
        arguments: given,
        actions = [],
        takesRecords,
        connects,
        furtherOptions,
        load,
      }) => {
        const { OPTIONS: own } = await load();
        const table = { ...own, ...(await furtherOptions?.()), ...connectionOptions(connects) };
        const options = Object.entries(table);
        const withValue = (isValued: boolean) =>
          options.filter(([, { type }]) => (type === 'string') === isValued).map(([option]) => `--${option}`);
        const wordsFor = (argument: string): readonly string[] => {
          if (argument === 'TYPE') return takesRecords ? ofRecords : types;
          if (argument === '[COMMAND]') return COMMANDS.map((command) => command.name);
          return [];
        };
        // If a command has actions, its first argument is one of them, whatever its help calls that argument.
        const words = given
          .split(' ')
          .map((argument, index) => (index === 0 && actions.length > 0 ? actions : wordsFor(argument)));
        return { name, summary, words, flags: [...withValue(false), '--help'], valued: withValue(true) };
      },
    ),
  );
}
