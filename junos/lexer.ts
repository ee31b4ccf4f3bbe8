/**
 * Splits Junos configuration text into tokens. Invariants: the time is linear in the length of the text; each token has its line
 * and column, both counted from 1.
 *
 * A word is the text between blanks and the punctuation `{ } [ ] ;`. A wildcard such as `<xe-*>` or `<ge-[01]>` is one word. Comments, in slash and
 * star or from `#` to the end of the line (as `## SECRET-DATA`), begin only where a token may begin. Blanks and control characters are those of
 * ASCII: a router may print `ß` as its two octets in UTF-8, 195 and 159, and then U+009F is text.
 */
import { JunosSyntaxError, shown } from './syntax-error.ts';

type Punctuation = '{' | '}' | '[' | ']' | ';';

export type Token =
  | {
      readonly kind: 'word';
      readonly text: string;
      readonly quoted: boolean;
      readonly line: number;
      readonly column: number;
    }
  | {
      readonly kind: 'punctuation';
      readonly text: Punctuation;
      readonly line: number;
      readonly column: number;
    }
  | { readonly kind: 'end'; readonly of: 'text' | 'line'; readonly line: number; readonly column: number };

const blank = /[ \t\r]+/y;
const bare = /(?:<(?:[^ ;{}"<>\p{Cc}]|[\u0080-\u009f])*>|[^ ;{}[\]"\p{Cc}]|[\u0080-\u009f])+/uy;
const lineComment = /#[^\n]*/y;
const punctuation: ReadonlySet<string> = new Set<Punctuation>(['{', '}', '[', ']', ';']);
const isPunctuation = (char: string): char is Punctuation => punctuation.has(char);
const controls = /[^\P{Cc}\u0080-\u009f]/u;

/** All tokens of `text`; the last one has the kind `end`. Throws {@link JunosSyntaxError}. */
export function* tokens(text: string): Generator<Token> {
  let at = 0;
  let line = 1;
  let lineStart = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const isFound = pattern.test(text);
    if (isFound) at = pattern.lastIndex;
    return isFound;
  };
  while (at < text.length) {
    const char = text.charAt(at);
    const column = at - lineStart + 1;
    if (char === '\n') {
      at += 1;
      line += 1;
      lineStart = at;
    } else if (skip(blank) || (char === '#' && skip(lineComment))) {
      continue;
    } else if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2);
      if (close < 0)
        throw new JunosSyntaxError({ line, column }, 'the end of the comment, */', 'the end of the text');
      const comment = text.slice(at, close);
      line += comment.split('\n').length - 1;
      if (comment.includes('\n')) lineStart = at + comment.lastIndexOf('\n') + 1;
      at = close + 2;
    } else if (isPunctuation(char)) {
      at += 1;
      yield { kind: 'punctuation', text: char, line, column };
    } else if (char === '"') {
      const end = closingQuote(text, at, { line, column });
      yield { kind: 'word', text: unescape(text.slice(at + 1, end)), quoted: true, line, column };
      at = end + 1;
    } else {
      const from = at;
      if (!skip(bare)) throw new JunosSyntaxError({ line, column }, 'printable text', shown(char));
      yield { kind: 'word', text: text.slice(from, at), quoted: false, line, column };
    }
  }
  yield { kind: 'end', of: 'text', line, column: at - lineStart + 1 };
}

/** Index of the quote that ends the string from `start`. A string ends on its line, and holds no control characters but tabs. */
function closingQuote(text: string, start: number, place: { line: number; column: number }): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') return at;
    if (char === '\\' && text.charAt(at + 1) !== '\n') at += 1;
    else if (char === '\n') throw new JunosSyntaxError(place, 'a closing quote', 'the end of the line');
    if (text.charAt(at) !== '\t' && controls.test(text.charAt(at))) {
      const column = place.column + at - start;
      throw new JunosSyntaxError(
        { line: place.line, column },
        'printable text in the string',
        shown(text.charAt(at)),
      );
    }
  }
  throw new JunosSyntaxError(place, 'a closing quote', 'the end of the text');
}

/** Junos's escapes are `\"`, `\\`, `\n` and `\t`. A backslash in front of anything else, as in regular expressions, stands for itself. */
const unescape = (inside: string): string =>
  inside.replace(/\\(["\\nt])/g, (_, char: string) => (char === 'n' ? '\n' : char === 't' ? '\t' : char));
