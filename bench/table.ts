/** Prints the results as an aligned Markdown table, which can be read on a terminal and pasted into a page. */
import type { Row } from './row.ts';

const HEAD = ['what', 'unit', 'median', 'min–max', 'runs', 'against', 'its median', 'ratio', 'goal', 'met'];

export function tableOf(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  const [head = '', ...body] = cells.map(line);
  return [head, rule, ...body].join('\n');
}

function cellsOf({ what, unit, measured, against, goal }: Row): string[] {
  return [
    what,
    unit,
    number(measured.median),
    measured.runs === 1 ? '' : `${number(measured.min)}–${number(measured.max)}`,
    String(measured.runs),
    against?.what ?? '',
    against === undefined ? '' : number(against.baseline.median),
    against === undefined ? '' : against.ratio.toFixed(2),
    goal?.says ?? '',
    goal === undefined ? '' : goal.met ? 'yes' : 'no',
  ];
}

/** Rounds to three significant digits, without ever using exponents. */
function number(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.001))));
  return value.toFixed(Number.isInteger(value) ? 0 : Math.min(digits, 3));
}
