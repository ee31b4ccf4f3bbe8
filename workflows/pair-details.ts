/** The pair's page in the Web UI, in Markdown: its queue now, and its log book. */
import { oneLine, vrrpTimeText } from '../gateway/display.ts';
import type { BatchPolicy } from '../gateway/policies.ts';
import type { PairQueue } from '../pair/messages.ts';

/** How many rows a table shows at most: the page is for people. */
const ROWS = 50;

export function pairDetails(
  { names, reservation, phase, blockedBy, since, batch, waiting, door, vrrp, owing }: PairQueue,
  book: readonly string[],
  policy?: BatchPolicy,
): string {
  return [
    `**${phase}** since ${clock(since)} UTC${reservation === null ? '' : `, reservation \`${reservation}\``}`,
    ...(vrrp === null ? [] : ['', vrrpTimeText(vrrp)]),
    ...(blockedBy === null ? [] : ['', `In the way: ${cell(blockedBy)}`]),
    ...(owing === undefined ? [] : ['', cell(`owes: ${owingText(owing)}`)]),
    ...table(
      `${batch.length} in this batch`,
      ['gateway', 'version', 'verdict'],
      batch.map(({ name, gateway, verdict }) => [name, `${gateway.version}`, verdict ?? 'not yet']),
    ),
    ...table(
      `${waiting.length} wait for the next batch`,
      ['gateway', 'version', 'since (UTC)'],
      waiting.map(({ name, gateway, since: from }, index) => [
        `${index + 1}. ${name}`,
        `${gateway.version}`,
        clock(from),
      ]),
    ),
    ...(door.standing === 0 ? [] : ['', `${door.standing} more wait at the door`]),
    ...table(
      'Log book, newest first',
      ['UTC', 'what'],
      book.map((line) => [line.slice(0, 8), line.slice(9)]),
    ),
    '',
    `Routers ${names.map(cell).join(' and ')}`,
    ...(policy === undefined ? [] : ['', limitsOf(policy)]),
  ].join('\n');
}

function owingText({ routers, nextLook, inTheWay }: NonNullable<PairQueue['owing']>): string {
  const each = routers.map(
    ({ name, changes }) => `${name} owes ${changes} change${changes === 1 ? '' : 's'}`,
  );
  return `${each.join(', ')}, next look at ${clock(nextLook)} UTC${inTheWay === null ? '' : ` (${inTheWay})`}`;
}

function limitsOf({ patienceMs, settlePatienceMs, confirmMinutes }: BatchPolicy): string {
  const [patience, settling] = [patienceMs, settlePatienceMs].map((ms) => `${ms / 1000} s`);
  return `Limits since the last reservation: a router is waited for ${patience}, settling takes at most ${settling}, a trial falls back after ${confirmMinutes} min`;
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [
    '',
    `**${title}**`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.slice(0, ROWS).map(line),
    ...(rows.length > ROWS ? [line([`… ${rows.length - ROWS} more`, ...head.slice(1).map(() => '')])] : []),
  ];
}

/** Escapes a text, which may come from a person or a router. */
function cell(text: string): string {
  return oneLine(text, 300).replaceAll('|', '\\|');
}

function clock(iso: string): string {
  return iso.slice(11, 19);
}
