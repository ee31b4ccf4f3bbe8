import { isTag } from './parse.ts';
import { shown } from './syntax-error.ts';

/** Thrown when a word holds characters that Junos text cannot carry (control characters other than newline and tab). */
export class JunosWordError extends Error {
  override readonly name = 'JunosWordError';
}

const plain = /^[\p{L}\p{N}_.:/@+,=%~!*?'`-]+$/u;
const wildcard = /^<[\p{L}\p{N}_.:/@+,=%~!*?|[\]-]*>$/u;
const startsComment = /^\/\*/;
const unprintable = /[^\P{Cc}\n\t]/u;
const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t' };

/** One word as it stands in configuration text: bare where that is safe, else in quotes with escapes. Throws {@link JunosWordError}. */
export function quoteWord(word: string): string {
  if (unprintable.test(word))
    throw new JunosWordError(`expected a word without control characters, got ${shown(word)}`);
  const bare = wildcard.test(word) || (plain.test(word) && !startsComment.test(word) && !isTag(word));
  return bare ? word : `"${word.replace(/["\\\n\t]/g, (char) => escapes[char] ?? char)}"`;
}
