import { parseArgs, type ParseArgsConfig } from 'node:util';
import { didYouMean } from './did-you-mean.ts';

/** Thrown when a command was not understood: it says what was expected and what was given. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Thrown for an option that a command does not know. Whoever knows further options of the command can list these as well. */
export class UnknownOptionError extends UsageError {
  readonly known: readonly string[];
  readonly got: string;

  constructor(known: readonly string[], got: string) {
    super(`expected ${[...known, '--help'].join(', ')}, got ${got}${didYouMean(got, known)}`);
    this.known = known;
    this.got = got;
  }
}

/** The options of a command, as Node's parser takes them. */
export type OptionTable = NonNullable<ParseArgsConfig['options']>;

type Given<N extends string> = N extends `[${string}]` ? string | undefined : string;

/** Reads the options, and one argument for each of `names`. An argument whose name is in brackets may be left out. Throws a `UsageError` for anything else. */
export function parseUsage<const O extends OptionTable, const N extends readonly string[]>(
  argv: readonly string[],
  options: O,
  names: N,
) {
  const { values, positionals } = parseOptions(argv, options);
  const required = names.filter((name) => !name.startsWith('['));
  if (positionals.length < required.length || positionals.length > names.length)
    throw new UsageError(`expected ${listed(names)}, got ${listed(positionals.map(quoted))}`);
  return { values, positionals: positionals as unknown as { readonly [K in keyof N]: Given<N[K]> } };
}

/**
 * Reads the options, and any arguments. Throws a `UsageError` for options that are not understood. `shown`: those of the options that the message
 * lists.
 */
export function parseOptions<const O extends OptionTable>(
  argv: readonly string[],
  options: O,
  shown: OptionTable = options,
) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw misuse(error, options, shown);
  }
}

/**
 * The first argument, wherever it stands among the options, and what is left without it. `options`: those of all actions.
 *
 * @example
 * actionIn(['--json', 'check', 'MX-1'], OPTIONS) // { action: 'check', rest: ['--json', 'MX-1'] }
 */
export function actionIn(
  argv: readonly string[],
  options: OptionTable,
): { readonly action: string | undefined; readonly rest: readonly string[] } {
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const first = tokens.find((token) => token.kind === 'positional');
  return { action: first?.value, rest: argv.filter((_, index) => index !== first?.index) };
}

/** Replaces Node's own messages, which speak of its internals, by messages that say what was expected. */
function misuse(error: unknown, options: OptionTable, shown: OptionTable): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const option = /'(?:-\w, )?(--?[^\s'=]+)/.exec(error.message)?.[1] ?? 'an option';
  switch (error.code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return new UnknownOptionError(
        Object.keys(shown).map((name) => `--${name}`),
        option,
      );
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return options[option.slice(2)]?.type === 'boolean'
        ? new UsageError(`${option}: expected no value, got one`)
        : new UsageError(`${option}: expected a value, got none`);
    default:
      return error;
  }
}

/** A whole number from 0, or `undefined` if the option was not given. */
export function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(number))
    throw new UsageError(`${option}: expected a whole number from 0, got ${quoted(text)}`);
  return number;
}

export function wantsHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  return own.includes('--help') || own.includes('-h');
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'no argument' : words.join(' ');
}

export function quoted(text: string): string {
  const json = JSON.stringify(text).replaceAll(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return json.length > 60 ? `${json.slice(0, 57)}..."` : json;
}
