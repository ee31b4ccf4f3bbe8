/** The report of a check, for a person at 80 columns. Pure. */
import { printable } from '../printable.ts';
import type { ReportLine, Result } from './check.ts';
import type { Line, Style } from '../style.ts';
import { wrapped } from '../width.ts';

const COLUMNS = 80;
const NAME = 19;
const MARGIN = 2 + 9 + NAME;
const STYLES: Readonly<Record<Result, Style>> = { ok: 'green', warning: 'yellow', failed: 'red' };

export function checkedLines({ name, result, text, mend }: ReportLine): Line[] {
  const [first = '', ...rest] = pieces(text);
  return [
    [
      ['plain', '  '],
      [STYLES[result], result.padEnd(9)],
      ['plain', `${name.padEnd(NAME)}${first}`],
    ],
    ...rest.map((piece): Line => [['plain', indented(piece)]]),
    ...(mend === undefined ? [] : mendLines(mend)),
  ];
}

/** A command is not wrapped, so that it can be copied. */
function mendLines(mend: string): Line[] {
  if (/gateway-saga |ssh-key|configure exclusive/.test(mend))
    return [[['bold', `${' '.repeat(11)}${printable(mend)}`]]];
  return pieces(mend).map((piece): Line => [['bold', indented(piece)]]);
}

function pieces(text: string): readonly string[] {
  return wrapped(printable(text), COLUMNS - MARGIN);
}

function indented(text: string): string {
  return `${' '.repeat(MARGIN)}${text}`;
}

export function summary(lines: readonly ReportLine[], notAsked: readonly string[]): readonly string[] {
  const results: readonly Result[] = ['ok', 'warning', 'failed'];
  const counts = results.map(
    (result) => `${lines.filter((line) => line.result === result).length} ${result}`,
  );
  const left = notAsked.length === 0 ? '' : `; not asked: ${notAsked.join(', ')}`;
  return wrapped(`${counts.join(', ')}${left}`, COLUMNS);
}
