/** The page of the watch over `/config` in the Web UI, in Markdown: how it stands, and its log book. */
import type { WatchStatus } from '../gateway/config-watch.ts';
import { oneLine } from '../gateway/display.ts';

export function watchPage({ stopped, active, since, report, book }: WatchStatus): string {
  return [
    stopped === null
      ? '**watching**'
      : `**${active ? 'stopping' : 'stopped'}** since ${clock(stopped)} UTC; \`gateway-saga watch start\` starts it`,
    '',
    ...(report === null
      ? ['No worker has reported yet: it runs on workers that were started with `--watch`.']
      : factsOf(report)),
    '',
    '**Log book, newest first (UTC)**',
    '',
    ...book.map((line) => `* ${cell(line)}`),
    '',
    `Begun ${clock(since)} UTC`,
  ].join('\n');
}

function factsOf(report: NonNullable<WatchStatus['report']>): string[] {
  const { worker, since, listed, revision, gateways, asked, differing, inFlight, silent, unreadable, waits } =
    report;
  return [
    ...(waits === null ? [] : [`In the way: ${cell(waits)}`, '']),
    '| | |',
    '| --- | --- |',
    `| watched by | ${cell(worker)} since ${clock(since)} |`,
    `| revision of etcd | ${revision ?? 'not known yet'} |`,
    `| last full listing | ${listed === null ? 'not yet' : `${clock(listed)}, ${gateways} gateways`} |`,
    `| asked | ${asked} |`,
    `| differing now | ${differing}, of which ${inFlight} are under way |`,
    ...listOf('ended without a word in `/state`', silent),
    ...listOf("can't be read", unreadable),
  ];
}

function listOf(
  title: string,
  { count, first }: { readonly count: number; readonly first: readonly string[] },
): string[] {
  if (count === 0) return [];
  const more = count > first.length ? [`… ${count - first.length} more`] : [];
  return ['', `**${count} ${title}**`, '', ...[...first.map(cell), ...more].map((line) => `* ${line}`)];
}

/** Escapes a text, which may come from anybody who writes to etcd. */
function cell(text: string): string {
  return oneLine(text, 300).replaceAll('|', '\\|');
}

function clock(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
