/**
 * The statements of a diff, each with the sign of its first line. A section is read as configuration text whose column 0 holds signs:
 *
 *     [edit firewall family inet filter INET_IN]
 *     +     term mine {
 *     +         then accept;
 *     +     }
 *           term all-accept { ... }
 */
import { tokens, type Token } from '../junos/lexer.ts';
import { maximumDepth, maximumWords } from '../junos/tree.ts';
import { JunosSyntaxError } from '../junos/syntax-error.ts';
import type { Path } from '../junos/tree.ts';

/** Thrown when text is not a diff as `show | compare` prints it: what it would change is unknown. */
export class DiffError extends Error {
  override readonly name = 'DiffError';
  /** From 1. */
  readonly line: number;

  constructor(line: number, expected: string, got: string, options?: ErrorOptions) {
    super(`diff, line ${line}: expected ${expected}, got ${got}`, options);
    this.line = line;
  }
}

/** Added, removed, moved or (de)activated, or only there to show where. */
type DiffSign = '+' | '-' | '!' | ' ';

export interface DiffStatement {
  readonly sign: DiffSign;
  /** Words from the top of the hierarchy, without a list's values. */
  readonly path: Path;
  /** Of `apply-groups [ A B ];`. */
  readonly values?: readonly string[];
  /** `inactive`, `protect`, … */
  readonly tag?: string;
  /** In the diff, from 1. */
  readonly line: number;
}

interface Section {
  readonly header: Path;
  readonly signs: readonly DiffSign[];
  readonly text: string;
  /** Number of the line before its first. */
  readonly offset: number;
}

/** Innermost statements only, in order: a block stands for what it holds, unless that is nothing or `...`. */
export function diffStatements(diff: string): readonly DiffStatement[] {
  return sections(diff).flatMap(statements);
}

function sections(diff: string): readonly Section[] {
  const found: { header: Path; signs: DiffSign[]; lines: string[]; offset: number }[] = [];
  for (const [index, line] of diff.split('\n').entries()) {
    if (line.startsWith('[')) {
      found.push({ header: readHeader(line, index + 1), signs: [], lines: [], offset: index + 1 });
      continue;
    }
    const section = found.at(-1);
    if (section === undefined) {
      if (line.trim() !== '') throw new DiffError(index + 1, '[edit …]', 'another line');
      continue;
    }
    const sign = line.charAt(0);
    if (sign !== '' && !isSign(sign))
      throw new DiffError(index + 1, 'a line that begins with "+", "-", "!" or a blank', 'another one');
    section.signs.push(sign === '' ? ' ' : sign);
    section.lines.push(line.slice(1));
  }
  return found.map(({ lines, ...section }) => ({ ...section, text: lines.join('\n') }));
}

function isSign(character: string): character is DiffSign {
  return character === '+' || character === '-' || character === '!' || character === ' ';
}

function readHeader(line: string, number: number): Path {
  const [open, edit, ...rest] = [...lex(line, number - 1)];
  const words = rest.slice(0, -2).map((token) => (token.kind === 'word' ? token.text : undefined));
  const isClosed = isPunctuation(rest.at(-2), ']');
  if (
    !isPunctuation(open, '[') ||
    edit?.kind !== 'word' ||
    edit.text !== 'edit' ||
    !isClosed ||
    words.includes(undefined)
  ) {
    throw new DiffError(number, '[edit …]', 'another line in brackets');
  }
  if (words.length > maximumWords)
    throw new DiffError(number, `[edit …] with at most ${maximumWords} words`, `${words.length}`);
  return words.filter((word) => word !== undefined);
}

function isPunctuation(token: Token | undefined, punctuation: string): boolean {
  return token?.kind === 'punctuation' && token.text === punctuation;
}

function* lex(text: string, offset: number): Generator<Token> {
  try {
    yield* tokens(text);
  } catch (cause) {
    if (!(cause instanceof JunosSyntaxError)) throw cause;
    throw new DiffError(offset + cause.line, cause.expected, cause.got, { cause });
  }
}

interface Block {
  readonly statement: DiffStatement;
  isEmpty: boolean;
}

const tags: ReadonlySet<string> = new Set([
  'inactive:',
  'active:',
  'protect:',
  'unprotect:',
  'replace:',
  'delete:',
]);
const elided = '...';

function statements({ header, signs, text, offset }: Section): readonly DiffStatement[] {
  const found: DiffStatement[] = [];
  const blocks: Block[] = [];
  let words: Extract<Token, { kind: 'word' }>[] = [];
  let values: string[] | undefined;

  const take = (): DiffStatement => {
    const [first] = words;
    const tag =
      first !== undefined && !first.quoted && tags.has(first.text) ? first.text.slice(0, -1) : undefined;
    const named = (tag === undefined ? words : words.slice(1)).map((word) => word.text);
    const statement = {
      sign: signs[(first?.line ?? 1) - 1] ?? ' ',
      path: [...(blocks.at(-1)?.statement.path ?? header), ...named],
      ...(values === undefined ? {} : { values }),
      ...(tag === undefined ? {} : { tag }),
      line: offset + (first?.line ?? 1),
    };
    for (const block of blocks) block.isEmpty = false;
    words = [];
    values = undefined;
    return statement;
  };
  const above = () => (blocks.at(-1)?.statement.path ?? header).length;
  const unexpected = ({ line }: Token, expected: string, got: string) =>
    new DiffError(offset + line, expected, got);
  const isElided = () => words.length === 1 && words[0]?.quoted === false && words[0].text === elided;

  let isList = false;
  for (const token of lex(text, offset)) {
    if (token.kind === 'word') {
      if (isList) values?.push(token.text);
      else if (values !== undefined) throw unexpected(token, '";" after a list', 'a word');
      else if (above() + words.length < maximumWords) words.push(token);
      else throw unexpected(token, `at most ${maximumWords} words down to a statement`, 'another');
    } else if (token.kind === 'end') {
      if (blocks.length > 0 || words.length > 0)
        throw unexpected(token, 'the end of the statement', 'the end of the section');
    } else if (isList) {
      if (token.text !== ']') throw unexpected(token, 'a word or "]"', `"${token.text}"`);
      isList = false;
    } else if (token.text === '}') {
      // `{ ... }` leaves out what did not change.
      if (words.length > 0 && !isElided()) throw unexpected(token, '";"', '"}"');
      words = [];
      const block = blocks.pop();
      if (block === undefined) throw unexpected(token, 'a statement', '"}"');
      if (block.isEmpty) found.push(block.statement);
    } else if (words.length === 0) {
      throw unexpected(token, 'a statement', `"${token.text}"`);
    } else if (token.text === '[') {
      if (values !== undefined) throw unexpected(token, 'one list', 'another');
      values = [];
      isList = true;
    } else if (token.text === '{') {
      if (values !== undefined) throw unexpected(token, '";" after a list', '"{"');
      if (blocks.length === maximumDepth)
        throw unexpected(token, `at most ${maximumDepth} levels of blocks`, '"{"');
      blocks.push({ statement: take(), isEmpty: true });
    } else if (token.text === ';') {
      found.push(take());
    } else {
      throw unexpected(token, '"[" before "]"', '"]"');
    }
  }
  return found;
}
