import type { Statement } from './tree.ts';
import { quoteWord } from './word.ts';

export { quoteWord } from './word.ts';

/** How to print. */
export interface PrintOptions {
  /** Levels of four blanks before each line; 0 unless told. */
  readonly indent?: number;
}

/**
 * Configuration text in Junos's layout: four blanks a level, one statement a line, a final newline. The tree is printed as it is
 * (see `layout` for Junos's own grouping); a block without children is printed as a leaf. Throws `JunosWordError`.
 */
export function print(statements: readonly Statement[], options: PrintOptions = {}): string {
  const lines: string[] = [];
  append(lines, statements, options.indent ?? 0);
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

/** A statement's own line without what follows it: `inactive: unit 1025`, `apply-groups [ A B ]`. */
export function headline({ words, tag, list }: Statement): string {
  const parts = words.map(quoteWord);
  if (tag !== undefined) parts.unshift(`${tag}:`);
  if (list !== undefined) parts.push('[', ...list.map(quoteWord), ']');
  return parts.join(' ');
}
