import type { GatewayOutcome, GatewayRun, Progress } from '../client/index.ts';
import { EXIT, type CommandIo } from './io.ts';
import { LivePainter } from './live-painter.ts';
import { outcomeLines } from './outcome-view.ts';
import { changedLines, noWorkerLine, progressLines } from './progress-view.ts';
import { isRedrawable, lookOf } from './style.ts';

/** How a creation is followed: for a person, as one JSON document at the end, or as one JSON line per change. */
export type FollowForm = 'text' | 'json' | 'json lines';

/** How long to wait before the display says that no worker answers, in milliseconds. A running worker answers much sooner. */
const SILENCE_MS = 3_000;

/** Shows a creation until its end. Ctrl-C ends only the display. Resolves with the exit code. */
export async function follow(run: GatewayRun, io: CommandIo, form: FollowForm): Promise<number> {
  const leave = new AbortController();
  const stopListening = io.onInterrupt(() => leave.abort());
  try {
    if (form !== 'json') await show(run, io, form, leave.signal);
    const outcome = await run.result({ signal: leave.signal });
    tell(run, outcome, io, form);
    return outcome.kind === 'created' ? EXIT.ok : EXIT.otherwise;
  } catch (error) {
    if (!leave.signal.aborted) throw error;
    const { resourceType, resourceId } = run.gateway;
    io.stderr.write(`
The creation goes on. To see how:
  gateway-saga status ${resourceType} ${resourceId} --watch
To cancel it, which reverts what was configured:
  temporal workflow cancel --workflow-id ${run.workflowId}
`);
    return EXIT.interrupted;
  } finally {
    stopListening();
  }
}

async function show(
  run: GatewayRun,
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

async function paint(run: GatewayRun, io: CommandIo, signal: AbortSignal): Promise<void> {
  let latest: Progress | null = null;
  let painter: LivePainter | undefined;
  try {
    for await (const progress of run.watch({ signal })) {
      latest = progress;
      painter ??= new LivePainter(io.stdout, () =>
        latest ? progressLines([latest], { now: Date.now(), ...lookOf(io.stdout, io.env) }) : [],
      );
    }
  } finally {
    painter?.stop();
  }
}

function tell(run: GatewayRun, outcome: GatewayOutcome, io: CommandIo, form: FollowForm): void {
  if (form === 'text') {
    for (const line of outcomeLines(outcome, lookOf(io.stdout, io.env))) io.stdout.write(`${line}\n`);
  } else {
    io.stdout.write(`${JSON.stringify({ kind: 'ended', workflowId: run.workflowId, outcome })}\n`);
  }
}
