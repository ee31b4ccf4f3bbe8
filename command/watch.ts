import { setTimeout } from 'node:timers/promises';
import { switchWatch, watchState } from '../client/config-watch.ts';
import type { WatchState } from '../client/config-watch.ts';
import { connectToTemporal } from '../client/connect.ts';
import type { Temporal } from '../client/temporal.ts';
import { CONFIG_WATCH_ID } from '../gateway/config-watch.ts';
import type { WatchReport } from '../gateway/config-watch.ts';
import { TEMPORAL_HELP } from './environment-help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { printable } from './printable.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

export const HELP = `Usage: gateway-saga watch start|stop|status [options]

The watch over /config: the workflow "config_watch", one in a namespace, on workers that were started with --watch. It asks
for each gateway whose configuration has a version that /state does not have yet. So a plain write to /config creates,
updates or deletes a gateway. A version that failed is not tried again: write a higher one, or
gateway-saga apply --again.

start    Starts the watch, or lets it go on after a stop.
stop     Stops it until "start", whichever workers start meanwhile. What was asked for goes on.
status   Says how it stands: what it is waiting for, revision, what differs, when all was listed last, its log book.

  --json         one JSON document: {"kind":"running","answer":{"stopped":…,"active":…,"since":…,"report":…,"book":[…]}}
  --help         shows this

Exit code: 0 done, or for status: it watches; 1 it is stopped, does not run, or Temporal does not answer; 2 not understood.

Examples:
  gateway-saga watch status
  gateway-saga watch stop
  gateway-saga watch status --json | jq .answer.report.differing

${TEMPORAL_HELP}`;

/** How long the command waits for the watch to stop, in ms. By then Temporal has found out if a worker is gone. */
const STOP_MS = 10_000;
const AGAIN_MS = 200;

export const OPTIONS = { json: { type: 'boolean', default: false } } as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const {
    values,
    positionals: [action],
  } = parseUsage(argv, OPTIONS, ['ACTION']);
  if (action !== 'start' && action !== 'stop' && action !== 'status')
    throw new UsageError(`expected start, stop or status, got ${quoted(action)}`);
  const temporal = await connectToTemporal({ env: io.env });
  try {
    if (action !== 'status') await switchWatch(temporal, action);
    const state = await settled(temporal, action === 'stop' ? STOP_MS : 0);
    const lines = values.json ? [JSON.stringify(state)] : linesOf(state, action);
    io.stdout.write(`${lines.join('\n')}\n`);
    const watches = state.kind === 'running' && state.answer !== null && state.answer.stopped === null;
    return action !== 'status' || watches ? EXIT.ok : EXIT.otherwise;
  } finally {
    await temporal.close();
  }
}

/** How the watch stands. Waits up to `ms` until it asks for nothing any more. */
async function settled(temporal: Temporal, ms: number): Promise<WatchState> {
  const until = performance.now() + ms;
  for (;;) {
    const state = await watchState(temporal);
    const isOpen = state.kind === 'running' && state.answer?.active !== false;
    if (!isOpen || performance.now() >= until) return state;
    await setTimeout(AGAIN_MS);
  }
}

/** How the watch stands, for a person, after this action. */
export function linesOf(state: WatchState, action: 'start' | 'stop' | 'status'): string[] {
  if (state.kind === 'not running')
    return [
      `${CONFIG_WATCH_ID} does not run: a worker with --watch, or "gateway-saga watch start", starts it`,
    ];
  if (state.answer === null) {
    const next = { start: '; it goes on once one does', stop: '; it stops once one does', status: '' }[
      action
    ];
    return [`${CONFIG_WATCH_ID} runs, and no worker answers for it${next}`];
  }
  const { stopped, active, report, book } = state.answer;
  return [
    stopped === null ? 'watching' : `${active ? 'stopping' : 'stopped'} since ${stopped}`,
    ...(report === null ? ['no worker with --watch has reported yet'] : reportLines(report)),
    ...book.map((line) => `  ${printable(line)}`),
  ];
}

function reportLines(report: WatchReport): string[] {
  const { worker, since, listed, revision, gateways, asked, differing, inFlight, silent, unreadable } =
    report;
  return [
    `worker:       ${printable(worker)} since ${since}`,
    `revision:     ${revision ?? 'not known yet'}`,
    `last listing: ${listed === null ? 'not yet' : `${listed}, ${gateways} gateways`}`,
    `asked:        ${asked}`,
    `differing:    ${differing}, of which ${inFlight} are under way`,
    ...(report.waits === null ? [] : [`in the way:   ${printable(report.waits)}`]),
    ...some('ended without a word in /state', silent),
    ...some("can't be read", unreadable),
  ];
}

function some(title: string, { count, first }: WatchReport['silent']): string[] {
  return count === 0 ? [] : [`${count} ${title}:`, ...first.map((line) => `  ${printable(line)}`)];
}
