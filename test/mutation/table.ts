/** The table of mutations in `docs/reliability.md`. */
import { readFile, writeFile } from 'node:fs/promises';
import { MUTATIONS } from './mutations.ts';
import type { Mutation } from './mutation.ts';
import type { Catch } from './hunt.ts';

const PAGE = new URL('../../docs/reliability.md', import.meta.url);
const BEGIN = '<!-- mutations: written by test/mutation/main.ts -->';
const END = '<!-- end of mutations -->';
const HEAD = ['mutation', 'kind', 'caught by', 'seeds'];

/** The cells of a row, one for each column of `HEAD`. */
type Row = readonly string[];

export function rowOf(mutation: Mutation, caught: Catch): Row {
  return [mutation.name, mutation.kind, by(caught), caught.kind === 'seed' ? String(caught.seed) : ''];
}

export function tableOf(rows: readonly Row[]): string {
  const widths = HEAD.map((_, column) =>
    Math.max(3, ...[HEAD, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: Row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(HEAD), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join(
    '\n',
  );
}

/** Puts rows into the page's table, in the place of those of the same mutations. Rejects when the table's marks are not there. */
export async function writeRows(rows: readonly Row[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const [old, after] = rest?.split(END) ?? [];
  if (before === undefined || old === undefined || after === undefined)
    throw new Error(`expected "${BEGIN}" and "${END}" in ${PAGE.pathname}`);
  const known = new Map([...rowsOf(old), ...rows].map((row) => [row[0], row]));
  const all = MUTATIONS.flatMap(({ name }) => {
    const row = known.get(name);
    return row === undefined ? [] : [row];
  });
  await writeFile(PAGE, `${before}${BEGIN}\n\n${tableOf(all)}\n\n${END}${after}`);
}

function rowsOf(table: string): readonly Row[] {
  return table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.trim()),
    );
}

function by(caught: Catch): string {
  switch (caught.kind) {
    case 'seed':
      return `the simulation: ${caught.invariants.join(', ')}`;
    case 'spec':
      return `the suite: ${caught.title.replaceAll('|', '/').replaceAll('_', '\\_').replaceAll('<', '\\<')}`;
    case 'survived':
      return '**nothing**';
  }
}
