import type { ChangeOutcome, ChangeRequest, GatewayRun, Progress } from '../client/index.ts';
import { isAsAsked } from '../client/outcome.ts';
import type { RequestedAction } from '../client/request.ts';
import { EXIT, type CommandIo } from './io.ts';
import { LivePainter } from './live-painter.ts';
import { contradictionOf, outcomeLines } from './outcome-view.ts';
import { changedLines, noWorkerLine, progressLines } from './progress-view.ts';
import { isRedrawable, drawOptionsOf } from './style.ts';

/** How a change is followed: for a person, as one JSON document at the end, or as one JSON line per change of its progress. */
export type FollowForm = 'text' | 'json' | 'json lines';

/** How long to wait before the display says that no worker answers, in milliseconds. A running worker answers much sooner. */
export const SILENCE_MS = 3_000;

/** Tells of a change's progress whether it is to be shown: a change without steps, of which a worker may still tell, only from `deadline` on. */
export function isAnsweredBy(deadline: number): (progress: Progress) => boolean {
  return ({ steps, outcome }) => steps.length > 0 || outcome !== 'running' || performance.now() >= deadline;
}

/** Shows a change of a gateway until its end. `asked`: what this command has asked for; `null` if it only watches. Resolves with the exit code. */
export async function follow(
  run: GatewayRun<ChangeOutcome>,
  io: CommandIo,
  form: FollowForm,
  asked: RequestedAction | 'cancel' | null,
): Promise<number> {
  const goesOn = () => goesOnWords(run.gateway, 'one');
  return untilInterrupted(io, goesOn, async (signal) => {
    if (form !== 'json') await show(run, io, form, signal);
    const outcome = await run.result({ signal });
    tell(run, outcome, io, form, asked);
    return isAsAsked(asked ?? 'apply', outcome) ? EXIT.ok : EXIT.otherwise;
  });
}

/**
 * Does `work`, and resolves with its exit code. Ctrl-C aborts the work of this command, and nothing else: then `goesOn` is written to standard error,
 * and the exit code is that of an interrupt.
 */
export async function untilInterrupted(
  io: CommandIo,
  goesOn: () => string,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const leave = new AbortController();
  const stopListening = io.onInterrupt(() => leave.abort());
  try {
    return await work(leave.signal);
  } catch (error) {
    if (!leave.signal.aborted) throw error;
    io.stderr.write(goesOn());
    return EXIT.interrupted;
  } finally {
    stopListening();
  }
}

/** What to say after Ctrl-C. `count`: `many` if the gateway is only one of several whose changes go on. */
export function goesOnWords(gateway: ChangeRequest, count: 'one' | 'many'): string {
  const { resourceType, resourceId } = gateway;
  const [changes, cancel] =
    count === 'one'
      ? ['The change goes on. To see how:', 'To cancel it']
      : ['The changes go on. To see how one of them goes:', 'To cancel one'];
  return `
${changes}
  gateway-saga status ${resourceType} ${resourceId} --watch
${cancel}, which reverts what was changed:
  gateway-saga cancel ${resourceType} ${resourceId} --reason TEXT
`;
}

async function show(
  run: GatewayRun<ChangeOutcome>,
  io: CommandIo,
  form: 'text' | 'json lines',
  signal: AbortSignal,
): Promise<void> {
  if (form === 'text' && isRedrawable(io.stdout, io.env)) return paint(run, io, signal);
  let before: Progress | null = null;
  const write = (line: string) => io.stdout.write(`${line}\n`);
  const silence = setTimeout(() => form === 'text' && before && write(noWorkerLine(before)), SILENCE_MS);
  try {
    for await (const progress of run.watch({ signal })) {
      if (progress.steps.length > 0) clearTimeout(silence);
      if (form === 'text') for (const line of changedLines(before, progress)) write(line);
      else if (progress.outcome === 'running')
        write(JSON.stringify({ kind: 'running', workflowId: run.workflowId, progress }));
      before = progress;
    }
  } finally {
    clearTimeout(silence);
  }
}

async function paint(run: GatewayRun<ChangeOutcome>, io: CommandIo, signal: AbortSignal): Promise<void> {
  let latest: Progress | null = null;
  let painter: LivePainter | undefined;
  const answered = isAnsweredBy(performance.now() + SILENCE_MS);
  try {
    for await (const progress of run.watch({ signal })) {
      latest = progress;
      painter ??= new LivePainter(io.stdout, () =>
        latest && answered(latest)
          ? progressLines([latest], { now: Date.now(), ...drawOptionsOf(io.stdout, io.env) })
          : [],
      );
    }
  } finally {
    painter?.stop();
  }
}

function tell(
  run: GatewayRun<ChangeOutcome>,
  outcome: ChangeOutcome,
  io: CommandIo,
  form: FollowForm,
  asked: RequestedAction | 'cancel' | null,
): void {
  if (form !== 'text') {
    io.stdout.write(`${JSON.stringify({ kind: 'ended', workflowId: run.workflowId, outcome })}\n`);
    return;
  }
  const contradiction = asked && contradictionOf(asked, outcome);
  const lines = outcomeLines(outcome, drawOptionsOf(io.stdout, io.env));
  for (const line of [...lines, ...(contradiction ? [contradiction] : [])]) io.stdout.write(`${line}\n`);
}
