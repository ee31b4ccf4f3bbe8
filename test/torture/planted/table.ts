/** The table of planted bugs in `docs/reliability.md`. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Bug } from './bug.ts';
import type { Catch } from './hunt.ts';

const PAGE = new URL('../../../docs/reliability.md', import.meta.url);
const BEGIN = '<!-- planted bugs: written by test/torture/planted/main.ts -->';
const END = '<!-- end of planted bugs -->';

export interface Row {
  readonly bug: Bug;
  readonly caught: Catch;
}

export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ['bug', 'kind', 'caught by', 'seeds'],
    ...rows.map(({ bug, caught }) => [bug.name, bug.kind, by(caught), seedsOf(caught)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(5, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join(
    '\n',
  );
}

/** Puts the table into the page, in the place of the one before. Rejects when its marks are not there. */
export async function writeTable(rows: readonly Row[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`expected "${BEGIN}" and "${END}" in the page`);
  await writeFile(PAGE, `${before}${BEGIN}\n\n${tableOf(rows)}\n\n${END}${after}`);
}

function by(caught: Catch): string {
  switch (caught.kind) {
    case 'seed':
      return `the fakes: ${caught.invariants.join(', ')}`;
    case 'spec':
      return `the suite: ${caught.title.replaceAll('|', '/').replaceAll('_', '\\_')}`;
    case 'survived':
      return '**nobody**';
  }
}

function seedsOf(caught: Catch): string {
  return caught.kind === 'seed' ? String(caught.seed) : '';
}
