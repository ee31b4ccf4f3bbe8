import type { Output } from './io.ts';

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof CODES | 'plain';

/** Whether an output takes colours: a terminal that isn't told otherwise (https://no-color.org). */
export function takesColor(output: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  return isRedrawable(output, env) && !env.NO_COLOR;
}

/** Whether lines on an output can be drawn over. */
export function isRedrawable(output: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  return output.isTTY === true && env.TERM !== 'dumb';
}

/** A line in pieces, so that it can be cut to a width before it is coloured. */
export type Line = readonly (readonly [style: Style, text: string])[];

/** The line as text, at most `columns` wide. */
export function drawn(
  line: Line,
  { color, columns }: { readonly color: boolean; readonly columns?: number },
): string {
  let left = columns ?? Number.POSITIVE_INFINITY;
  let text = '';
  for (const [style, piece] of line) {
    const characters = Array.from(piece);
    const cut = characters.length <= left ? piece : `${characters.slice(0, Math.max(0, left - 1)).join('')}…`;
    text += color && style !== 'plain' && cut !== '' ? `\u001b[${CODES[style]}m${cut}\u001b[0m` : cut;
    left -= characters.length;
    if (left <= 0) break;
  }
  return text;
}
