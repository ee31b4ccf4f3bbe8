import type { Environment } from '../client/profile.ts';
import type { Output } from './io.ts';
import { cutTo, widthOf } from './width.ts';

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof CODES | 'plain';

/** Whether an output takes colours: it is a terminal, and the environment does not forbid colours (https://no-color.org). */
export function takesColor(output: Output, env: Environment): boolean {
  return isRedrawable(output, env) && !env.NO_COLOR;
}

/** Whether lines on an output can be drawn over. */
export function isRedrawable(output: Output, env: Environment): boolean {
  return output.isTTY === true && env.TERM !== 'dumb';
}

/** How lines are drawn on an output. */
export interface DrawOptions {
  readonly color: boolean;
  /** Marks are ASCII, because the locale promises no other characters. */
  readonly ascii?: boolean;
  /** Lines are cut to this width. */
  readonly columns?: number;
}

export function drawOptionsOf(output: Output, env: Environment): DrawOptions {
  const columns = columnsOf(output);
  return {
    color: takesColor(output, env),
    ascii: hasAsciiLocale(env),
    ...(columns !== undefined && { columns }),
  };
}

/** A terminal that says 0 does not know its width: serial lines, and some containers. */
function columnsOf({ columns }: Output): number | undefined {
  return columns === 0 ? undefined : columns;
}

/** Whether the locale promises no characters beyond ASCII: `C`, `POSIX`, or one that does not name UTF-8, as `en_US`. Without a locale, UTF-8 is assumed. */
function hasAsciiLocale(env: Environment): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return locale !== undefined && locale !== '' && !/utf-?8/i.test(locale);
}

/** The frames of the mark that turns while something runs. */
export const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** An ASCII mark for each other mark, of the same width. */
const ASCII: Readonly<Record<string, string>> = {
  '✓': '+',
  '✗': 'x',
  '·': '.',
  '…': '~',
  '→': '>',
  '•': '*',
  ...Object.fromEntries(Array.from(SPINNER, (mark, index) => [mark, '|/-\\'.charAt(index % 4)])),
};

function inAscii(text: string): string {
  return text.replaceAll(/[^ -~]/gu, (mark) => ASCII[mark] ?? mark);
}

/** A text of the command's own as an output's locale takes it. In front of a column, `...` takes blanks, so that the column stays. */
export function inLocale(text: string, env: Environment): string {
  return hasAsciiLocale(env) ? inAscii(text.replaceAll(/…(?: {2}(?= {2}))?/g, '...')) : text;
}

/** A line in pieces, so that it can be cut to a width before it is coloured. */
export type Line = readonly (readonly [style: Style, text: string])[];

/** The line as text, at most `columns` wide. */
export function drawn(line: Line, { color, ascii = false, columns }: DrawOptions): string {
  let left = columns ?? Number.POSITIVE_INFINITY;
  let text = '';
  for (const [style, piece] of line) {
    if (left <= 0) break;
    const whole = cutTo(piece, left);
    const cut = ascii ? inAscii(whole) : whole;
    text += color && style !== 'plain' && cut !== '' ? `\u001b[${CODES[style]}m${cut}\u001b[0m` : cut;
    left -= widthOf(piece);
  }
  return text;
}
