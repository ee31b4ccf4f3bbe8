/**
 * Reads statements: `statement = [tag] word+ ( ";" | "[" word* "]" ";" | "{" statement* "}" )`. Comments are dropped. What routers print
 * and accept beyond that is read only where {@link ParseOptions} says so.
 * The depth of nesting and the length of a statement are bounded, so that hostile text can exhaust neither the stack nor the time of the code
 * that reads the text or walks the tree.
 */
import { tokens, type Token } from './lexer.ts';
import { JunosSyntaxError, shown } from './syntax-error.ts';
import { maximumDepth, maximumWords, maximumWordsOfRouter, type Statement, type Tag } from './tree.ts';

const tags: ReadonlyMap<string, Tag> = new Map(
  (['inactive', 'active', 'replace', 'delete', 'protect'] satisfies Tag[]).map((tag) => [`${tag}:`, tag]),
);

/** Whether a bare word at the beginning of a statement would be read as a tag. */
export const isTag = (word: string): boolean => tags.has(word);

interface OpenStatement {
  /** How many words the heads of all blocks around it have together. */
  readonly above: number;
  words: string[];
  /** The line of its last word. */
  line?: number;
  tag?: Tag | undefined;
  readonly siblings: Statement[];
}

export interface ParseOptions {
  /**
   * `us` (default): text of a template or of a record; nothing is forgiven. `router`: text that a router printed, or that it is to read as
   * Junos 16.1 was seen to read it:
   * - The end of a line ends a statement, too, if the next line goes on with a word or with `}`.
   * - A `;` may stand alone, as behind a block or a comment.
   * - Several tags may stand before a statement, in any order. `protect:` beside another tag is dropped: it changes nothing in what the
   *   configuration means.
   * - A statement may be longer.
   */
  readonly by?: 'us' | 'router';
}

/** Reads configuration text. Throws {@link JunosSyntaxError} at the first token that does not fit. */
export function parse(text: string, { by = 'us' }: ParseOptions = {}): Statement[] {
  const isOfRouter = by === 'router';
  const limit = isOfRouter ? maximumWordsOfRouter : maximumWords;
  const top: Statement[] = [];
  const outer: { readonly open: OpenStatement; readonly token: Token }[] = [];
  let open: OpenStatement = { above: 0, words: [], siblings: top };
  const close = (rest: Pick<Statement, 'list' | 'children'>): void => {
    open.siblings.push({ words: open.words, ...(open.tag === undefined ? {} : { tag: open.tag }), ...rest });
    open = { above: open.above, words: [], siblings: open.siblings };
  };
  const input = tokens(text);
  for (let token = next(input); ; token = next(input)) {
    if (isOfRouter && endsWithoutSemicolon(open, token)) close({});
    const begun = open.words.length > 0;
    if (token.kind === 'word') {
      const tag = token.quoted || begun ? undefined : tags.get(token.text);
      if (open.above + open.words.length === limit)
        throw unexpected(token, `at most ${limit} words from the top to the end of a statement`);
      if (tag === undefined) {
        open.words.push(token.text);
        open.line = token.line;
      } else {
        const both = isOfRouter || open.tag === undefined ? together(open.tag, tag) : undefined;
        if (both === undefined) throw unexpected(token, 'a statement after the tag');
        open.tag = both;
      }
    } else if (token.kind === 'end') {
      const inside = outer.at(-1);
      if (begun || open.tag !== undefined) throw unexpected(token, "';' or '{'");
      if (inside !== undefined)
        throw unexpected(token, `'}' for the block opened on line ${inside.token.line}`);
      return top;
    } else if (isOfRouter && !begun && token.text === ';' && open.tag === undefined) {
      continue;
    } else if (!begun && (token.text !== '}' || open.tag !== undefined || outer.length === 0)) {
      throw unexpected(token, 'a statement');
    } else if (token.text === ';') {
      close({});
    } else if (token.text === '{') {
      if (outer.length === maximumDepth) throw unexpected(token, `at most ${maximumDepth} levels of blocks`);
      outer.push({ open, token });
      open = { above: open.above + open.words.length, words: [], siblings: [] };
    } else if (token.text === '[') {
      close({ list: list(input) });
    } else if (token.text === '}' && !begun) {
      const children = open.siblings;
      open = outer.pop()?.open ?? open;
      close({ children });
    } else {
      throw unexpected(token, "';' or '{'");
    }
  }
}

/** The tag that two tags before one statement come to. `undefined`: they contradict each other. */
function together(one: Tag | undefined, other: Tag): Tag | undefined {
  if (one === undefined || one === 'protect' || one === other) return other;
  return other === 'protect' ? one : undefined;
}

/** Whether the token stands on a later line than the statement before it, and can't belong to that statement. */
function endsWithoutSemicolon({ words, line }: OpenStatement, token: Token): boolean {
  if (words.length === 0 || line === undefined || token.line === line) return false;
  return token.kind === 'word' || token.kind === 'end' || token.text === '}';
}

/** The words up to `]`. Reads the `;` behind it, too. */
function list(input: Iterator<Token>): string[] {
  const words: string[] = [];
  let token = next(input);
  for (; token.kind === 'word'; token = next(input)) words.push(token.text);
  if (token.kind !== 'punctuation' || token.text !== ']') throw unexpected(token, "a word or ']'");
  const end = next(input);
  if (end.kind !== 'punctuation' || end.text !== ';') throw unexpected(end, "';' after the list");
  return words;
}

/** The next token. There is one, because no caller reads beyond the `end` token. */
const next = (input: Iterator<Token>): Token => input.next().value as Token;

/** The error for a token that does not fit. It does not repeat quoted text. */
export function unexpected(token: Token, expected: string): JunosSyntaxError {
  const got =
    token.kind === 'end'
      ? `the end of the ${token.of}`
      : token.kind === 'word' && token.quoted
        ? 'a string'
        : shown(token.text);
  return new JunosSyntaxError(token, expected, got);
}
