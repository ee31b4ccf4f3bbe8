/**
 * Reads the statements of a diff, each with the sign of its first line. A diff consists of sections: a header, then configuration text with
 * a sign in front of each line:
 *
 *     [edit firewall family inet filter INET_IN]
 *     +     term mine {
 *     +         then accept;
 *     +     }
 *           term all-accept { ... }
 */
import { tokens, type Token } from '../junos/lexer.ts';
import { maximumDepth, maximumWordsOfRouter as maximumWords } from '../junos/tree.ts';
import { JunosSyntaxError } from '../junos/syntax-error.ts';
import type { Path } from '../junos/tree.ts';

/** Thrown when text is not a diff as `show | compare` prints it. Then the changes of the candidate are not known. */
export class DiffError extends Error {
  override readonly name = 'DiffError';
  /** Line of the diff, from 1. */
  readonly line: number;

  constructor(line: number, expected: string, got: string, options?: ErrorOptions) {
    super(`diff, line ${line}: expected ${expected}, got ${got}`, options);
    this.line = line;
  }
}

/** `+` added, `-` removed, `!` moved, activated or deactivated, blank: unchanged, printed to show the place. */
type DiffSign = '+' | '-' | '!' | ' ';

export interface DiffStatement {
  readonly sign: DiffSign;
  /** Words from the top of the hierarchy, without a list's values. */
  readonly path: Path;
  /** The values of `apply-groups [ A B ];`. */
  readonly values?: readonly string[];
  /** `inactive`, `protect`, … */
  readonly tag?: string;
  /** Line of the diff, from 1. */
  readonly line: number;
}

interface Section {
  readonly header: Path;
  readonly signs: readonly DiffSign[];
  readonly text: string;
  /** Number of the header's line. */
  readonly offset: number;
}

/** The innermost statements, in order. A block itself is among them only if it is empty or holds `...`. */
export function diffStatements(diff: string): readonly DiffStatement[] {
  return sections(diff).flatMap((section) => new SectionReader(section).statements());
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

type Word = Extract<Token, { kind: 'word' }>;
type Punctuation = Extract<Token, { kind: 'punctuation' }>;

const tags: ReadonlySet<string> = new Set([
  'inactive:',
  'active:',
  'protect:',
  'unprotect:',
  'replace:',
  'delete:',
]);

/** Reads the statements of one section, token by token. */
class SectionReader {
  readonly #section: Section;
  readonly #found: DiffStatement[] = [];
  /** Blocks that are open, the outermost first. */
  readonly #blocks: Block[] = [];
  /** Words of the statement that is being read, and the values of its list. */
  #words: Word[] = [];
  #values: string[] | undefined;
  #isInList = false;
  #isBehindBlock = false;

  constructor(section: Section) {
    this.#section = section;
  }

  statements(): readonly DiffStatement[] {
    for (const token of lex(this.#section.text, this.#section.offset)) {
      if (token.kind === 'word') this.#word(token);
      else if (token.kind === 'end') this.#end(token);
      else if (this.#isInList) this.#endOfList(token);
      else if (token.text === '}') this.#endOfBlock(token);
      else this.#punctuation(token);
      this.#isBehindBlock = token.kind === 'punctuation' && token.text === '}';
    }
    return this.#found;
  }

  #word(token: Word): void {
    if (this.#isInList) this.#values?.push(token.text);
    else if (this.#values !== undefined) throw this.#unexpected(token, '";" after a list', 'a word');
    else if (this.#above.length + this.#words.length < maximumWords) this.#words.push(token);
    else throw this.#unexpected(token, `at most ${maximumWords} words down to a statement`, 'another');
  }

  #end(token: Token): void {
    if (this.#blocks.length > 0 || this.#words.length > 0)
      throw this.#unexpected(token, 'the end of the statement', 'the end of the section');
  }

  #endOfList(token: Punctuation): void {
    if (token.text !== ']') throw this.#unexpected(token, 'a word or "]"');
    this.#isInList = false;
  }

  #endOfBlock(token: Punctuation): void {
    // The router prints `{ ... }` for content that did not change.
    const [first, second] = this.#words;
    const isElided = second === undefined && first?.text === '...' && !first.quoted;
    if (first !== undefined && !isElided) throw this.#unexpected(token, '";"');
    this.#words = [];
    const block = this.#blocks.pop();
    if (block === undefined) throw this.#unexpected(token, 'a statement');
    if (block.isEmpty) this.#found.push(block.statement);
  }

  #punctuation(token: Punctuation): void {
    if (this.#mayStandAlone(token)) return;
    if (this.#words.length === 0) throw this.#unexpected(token, 'a statement');
    switch (token.text) {
      case '[':
        if (this.#values !== undefined) throw this.#unexpected(token, 'one list', 'another');
        this.#values = [];
        this.#isInList = true;
        break;
      case '{':
        if (this.#values !== undefined) throw this.#unexpected(token, '";" after a list');
        if (this.#blocks.length === maximumDepth)
          throw this.#unexpected(token, `at most ${maximumDepth} levels of blocks`);
        this.#blocks.push({ statement: this.#statement(), isEmpty: true });
        break;
      case ';':
        this.#found.push(this.#statement());
        break;
      default:
        throw this.#unexpected(token, '"[" before "]"');
    }
  }

  /**
   * A `;` may stand alone behind a block, or where nothing changed. Elsewhere it is refused: the router may have left out a change there, and printed a
   * comment in its place.
   */
  #mayStandAlone({ text, line }: Punctuation): boolean {
    const isBare = text === ';' && this.#words.length === 0;
    return isBare && (this.#isBehindBlock || (this.#section.signs[line - 1] ?? ' ') === ' ');
  }

  /** The statement that was read. */
  #statement(): DiffStatement {
    const { signs, offset } = this.#section;
    const words = this.#words;
    const values = this.#values;
    const line = words[0]?.line ?? 1;
    // Several tags may stand before a statement, in any order. One of them is enough to tell that it has any.
    const begin = words.findIndex(({ quoted, text }) => quoted || !tags.has(text));
    const named = (begin < 0 ? [] : words.slice(begin)).map(({ text }) => text);
    const tag = begin === 0 ? undefined : words[0]?.text.slice(0, -1);
    for (const block of this.#blocks) block.isEmpty = false;
    this.#words = [];
    this.#values = undefined;
    return {
      sign: signs[line - 1] ?? ' ',
      path: [...this.#above, ...named],
      ...(values === undefined ? {} : { values }),
      ...(tag === undefined ? {} : { tag }),
      line: offset + line,
    };
  }

  /** Words from the top of the hierarchy down to the statement. */
  get #above(): Path {
    return this.#blocks.at(-1)?.statement.path ?? this.#section.header;
  }

  #unexpected(token: Token, expected: string, got?: string): DiffError {
    const found = got ?? (token.kind === 'end' ? 'the end' : `"${token.text}"`);
    return new DiffError(this.#section.offset + token.line, expected, found);
  }
}
