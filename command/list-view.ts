/** The rows of `list` as lines. Pure. */
import type { Row } from './list-rows.ts';
import { printable } from './printable.ts';
import type { Line, Style } from './style.ts';
import { padded, widthOf } from './width.ts';

interface Column {
  readonly head: string;
  readonly text: (row: Row, now: number) => string;
}

const NONE = '-';

const NARROW: readonly Column[] = [
  { head: 'KIND', text: ({ type }) => type },
  { head: 'NAME', text: ({ name, id }) => printable(name ?? id) },
  { head: 'VER', text: ({ version }) => String(version ?? NONE) },
  { head: 'ACTION', text: ({ action }) => action ?? NONE },
  { head: 'OUTCOME', text: ({ outcome }) => outcome },
  { head: 'FAILURE', text: ({ failureType }) => failureType ?? NONE },
  { head: 'SINCE', text: ({ since }, now) => (since === null ? NONE : ago(now - Date.parse(since))) },
];

/** The columns that `--wide` adds. `nameOf`: the name of a router. */
const furtherColumns = (nameOf: (routerId: string) => string): readonly Column[] => [
  { head: 'WANTED', text: ({ wanted }) => String(wanted ?? NONE) },
  { head: 'ID', text: ({ id }) => printable(id) },
  { head: 'PAIR', text: ({ routers }) => (routers === null ? NONE : routers.map(nameOf).join('+')) },
  { head: 'WHY', text: ({ error }) => printable(error ?? '') || NONE },
];

const GAP = '  ';

/**
 * A head and one line for each gateway. Nothing is cut: a row that is wider than the terminal goes on, indented, on a second line.
 *
 * @example
 * KIND         NAME                VER  ACTION  OUTCOME  FAILURE       SINCE
 * vpn_gateway  sample-vpn-gateway  1    create  failed   NotConverged  12m
 */
export function listLines(
  rows: readonly Row[],
  { now, columns }: { readonly now: number; readonly columns?: number | undefined },
  nameOf?: (routerId: string) => string,
): Line[] {
  const hasFailures = rows.some(({ failureType }) => failureType !== null);
  const shown = [
    // If no failure has a type, the names get the room of that column.
    ...NARROW.filter(({ head }) => hasFailures || head !== 'FAILURE'),
    ...(nameOf === undefined ? [] : furtherColumns(nameOf)),
  ];
  const cells = rows.map((row) => shown.map(({ text }) => text(row, now)));
  const widths = shown.map(({ head }, index) =>
    cells.reduce((width, row) => Math.max(width, widthOf(row[index] ?? '')), head.length),
  );
  const limit = nameOf === undefined ? (columns ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  const head = laidOut(
    shown.map((column) => column.head),
    widths,
    limit,
  );
  return [
    ...head.map((text): Line => [['dim', text]]),
    ...cells.flatMap((row, index) =>
      laidOut(row, widths, limit).map((text): Line => [[styleOf(rows[index]), text]]),
    ),
  ];
}

/** The cells of one row, padded to their columns. If all columns together are too wide, kind and name have a line of their own. */
function laidOut(cells: readonly string[], widths: readonly number[], limit: number): string[] {
  const all = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  const beside = (from: number, to?: number) =>
    cells
      .slice(from, to)
      .map((cell, index) => padded(cell, widths[from + index] ?? 0))
      .join(GAP)
      .trimEnd();
  return all <= limit ? [beside(0)] : [beside(0, 2), `${GAP}${beside(2)}`];
}

function styleOf(row: Row | undefined): Style {
  if (row?.outcome === 'failed' || row?.outcome === 'cancelled') return 'red';
  return row?.outcome === 'running' ? 'cyan' : 'plain';
}

/** A time span: `45s`, `12m`, `30h`, `9d`. It is short, because every column counts. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 120 * 60) return `${Math.floor(seconds / 60)}m`;
  return seconds < 48 * 3_600 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
