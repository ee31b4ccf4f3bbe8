import type { PairQueue } from '../gateway/pair/messages.ts';

/** How many rows a table shows: the page is for people. */
const ROWS = 50;

/** The pair's page in the Web UI, in Markdown. */
export function pairDetails({ routers, turn, phase, heldBy, since, on, waiting }: PairQueue): string {
  const rows = [
    ...on.map(({ name, verdict }) => `| ${name} | on | ${verdict ?? ''} | |`),
    ...waiting.map(
      ({ name, since: from }, index) => `| ${name} | waits, ${index + 1}. | | ${from.slice(11, 19)} |`,
    ),
  ];
  return [
    `**${routers.join(' + ')}**: **${phase}** since ${since.slice(11, 19)} UTC${turn === null ? '' : `, turn ${turn}`}`,
    ...(heldBy === null ? [] : ['', `Held by: ${heldBy}`]),
    ...(rows.length === 0 ? [] : ['', '| gateway | | verdict | since (UTC) |', '| --- | --- | --- | --- |']),
    ...rows.slice(0, ROWS),
    ...(rows.length > ROWS ? [`| … ${rows.length - ROWS} more | | | |`] : []),
  ].join('\n');
}
