/** Junos's set commands: one on each line, each with the whole path. */
import { tokens, type Token } from './lexer.ts';
import { unexpected } from './parse.ts';
import { quoteWord } from './print.ts';
import { maximumWords, type Path } from './tree.ts';

/** A set command. `insert` moves the entry at `path` before or after its sibling `anchor` (`['term', 'all-accept']`). */
export type SetCommand =
  | { readonly verb: 'set' | 'delete' | 'activate' | 'deactivate'; readonly path: Path }
  | {
      readonly verb: 'insert';
      readonly path: Path;
      readonly position: 'before' | 'after';
      readonly anchor: Path;
    };

const verbs = ['set', 'delete', 'activate', 'deactivate', 'insert'] as const;
type Verb = (typeof verbs)[number];
const isVerb = (word: string): word is Verb => (verbs as readonly string[]).includes(word);

/**
 * Reads set commands. Empty lines and comments are skipped. `set … [ a b ]` gives one command for each value.
 * Throws `JunosSyntaxError`.
 */
export function parseSet(text: string): SetCommand[] {
  const commands: SetCommand[] = [];
  let line: Token[] = [];
  for (const token of tokens(text)) {
    if (line.length > 0 && (token.kind === 'end' || token.line !== line[0]?.line)) {
      commands.push(...command(line));
      line = [];
    }
    line.push(token);
  }
  return commands;
}

function command(line: readonly Token[]): SetCommand[] {
  const [first, ...rest] = line;
  const end = endOf(line);
  if (first?.kind !== 'word' || first.quoted || !isVerb(first.text))
    throw unexpected(first ?? end, `one of ${verbs.join(', ')}`);
  const verb = first.text;
  const open = rest.findIndex((token) => token.kind === 'punctuation');
  const [plain, listed] = open < 0 ? [rest, undefined] : [rest.slice(0, open), rest.slice(open)];
  const path = plain.map(word);
  const long = plain[maximumWords];
  if (long !== undefined) throw unexpected(long, `at most ${maximumWords} words`);
  if (verb === 'insert') return [insert(path, listed?.[0] ?? end)];
  if (path.length === 0) throw unexpected(listed?.[0] ?? end, `a path after ${verb}`);
  if (listed === undefined) return [{ verb, path }];
  return values(listed, end).map((value) => ({ verb, path: [...path, value] }));
}

/** `insert PATH before|after ANCHOR`. A key may also be called `before` or `after`: the last such word with an anchor behind it counts. */
function insert(words: readonly string[], stop: Token): SetCommand {
  const at = words.findLastIndex(
    (word, index) => index > 1 && index < words.length - 1 && (word === 'before' || word === 'after'),
  );
  const position = words[at];
  if (stop.kind === 'punctuation' && '[]{};'.includes(stop.text))
    throw unexpected(stop, 'the end of the line');
  if (position !== 'before' && position !== 'after')
    throw unexpected(stop, "'before' or 'after' and the other entry");
  return { verb: 'insert', path: words.slice(0, at), position, anchor: words.slice(at + 1) };
}

function values(listed: readonly Token[], end: Token): string[] {
  const [open, ...rest] = listed;
  const close = rest.at(-1);
  if (open === undefined || open.kind !== 'punctuation' || open.text !== '[')
    throw unexpected(open ?? end, 'the end of the line');
  if (close === undefined || close.kind !== 'punctuation' || close.text !== ']')
    throw unexpected(close ?? end, "']' at the end of the line");
  return rest.slice(0, -1).map(word);
}

/** A token for the end of the line. */
function endOf(line: readonly Token[]): Token {
  const last = line.at(-1);
  const width = last === undefined || last.kind === 'end' ? 0 : last.text.length;
  return { kind: 'end', of: 'line', line: last?.line ?? 1, column: (last?.column ?? 1) + width };
}

function word(token: Token): string {
  if (token.kind !== 'word') throw unexpected(token, 'a word');
  return token.text;
}

/** A set command as a line, without a newline. Throws `JunosWordError`. */
export function printSet(command: SetCommand): string {
  const tail = command.verb === 'insert' ? [command.position, ...command.anchor] : [];
  return [command.verb, ...[...command.path, ...tail].map(quoteWord)].join(' ');
}
