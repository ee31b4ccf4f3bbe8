/** Writes statements and words as configuration text. */
import { isTag } from './parse.ts';
import { shown } from './syntax-error.ts';
import type { Statement } from './tree.ts';

/**
 * Configuration text as Junos lays it out: four blanks for each level, one statement on each line, a newline at the end. Statements are not
 * regrouped. A block without children is printed as a leaf. Throws {@link JunosWordError}.
 */
export function print(statements: readonly Statement[]): string {
  const lines: string[] = [];
  append(lines, statements, 0);
  return lines.join('');
}

function append(lines: string[], statements: readonly Statement[], level: number): void {
  const margin = '    '.repeat(level);
  for (const statement of statements) {
    const head = headline(statement);
    if (statement.children !== undefined && statement.children.length > 0) {
      lines.push(`${margin}${head} {\n`);
      append(lines, statement.children, level + 1);
      lines.push(`${margin}}\n`);
    } else {
      lines.push(`${margin}${head};\n`);
    }
  }
}

/** The line of a statement without `;` or `{`: `inactive: unit 1025`, `apply-groups [ A B ]`. */
function headline({ words, tag, list }: Statement): string {
  const parts = words.map(quoteWord);
  if (tag !== undefined) parts.unshift(`${tag}:`);
  if (list !== undefined) parts.push('[', ...list.map(quoteWord), ']');
  return parts.join(' ');
}

/** Thrown when a word holds characters that Junos text can't hold: control characters other than newline and tab. */
export class JunosWordError extends Error {
  override readonly name = 'JunosWordError';
}

const plain = /^[\p{L}\p{N}_.:/@+,=%~!*?'`-]+$/u;
const wildcard = /^<[\p{L}\p{N}_.:/@+,=%~!*?|[\]-]*>$/u;
const startsComment = /^\/\*/;
const unprintable = /[^\P{Cc}\u0080-\u009f\n\t]/u;
const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t' };

/** A word as it stands in configuration text: bare where that is safe, else in quotes. Throws {@link JunosWordError}. */
export function quoteWord(word: string): string {
  if (unprintable.test(word))
    throw new JunosWordError(`expected a word without control characters, got ${shown(word)}`);
  const bare = wildcard.test(word) || (plain.test(word) && !startsComment.test(word) && !isTag(word));
  return bare ? word : inQuotes(word);
}

/** A word in quotes, whether it needs them or not. */
export function inQuotes(word: string): string {
  return `"${word.replace(/["\\\n\t]/g, (char) => escapes[char] ?? char)}"`;
}
