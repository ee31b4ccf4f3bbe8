/** Follows the changes of several gateways: one line for each, and a summary. */
import type { ChangeOutcome, ChangeRequest, GatewayRun } from '../client/index.ts';
import { isAsAsked } from '../client/outcome.ts';
import type { RequestedAction } from '../client/request.ts';
import { workflowIdOf } from '../client/index.ts';
import { gatewayText, messageOf } from '../gateway/display.ts';
import { SILENCE_MS, goesOnWords, isAnsweredBy, untilInterrupted } from './follow.ts';
import { EXIT, type CommandIo } from './io.ts';
import { LivePainter } from './live-painter.ts';
import {
  causeLines,
  gatewayLine,
  isRunning,
  summaryLine,
  missingOutcomeOf,
  type Followed,
} from './many-view.ts';
import { contradictionOf, namedOutcomeLines } from './outcome-view.ts';
import { isRedrawable, drawOptionsOf } from './style.ts';

/** A gateway with its run, or with why none was started. */
export type Started = { readonly gateway: ChangeRequest } & (
  | { readonly run: GatewayRun<ChangeOutcome>; readonly error?: never }
  | { readonly error: Error; readonly run?: never }
);

/** Each query is a task for some worker. So the more gateways there are, the less often each is asked: altogether about 50 times a second. */
const QUERY_MS = 20;
const LEAST_INTERVAL_MS = 500;

/** Resolves with the exit code, which is 0 only if all changes came out as asked. */
export async function followMany(
  started: readonly Started[],
  io: CommandIo,
  form: 'text' | 'json',
  asked: RequestedAction | 'cancel',
): Promise<number> {
  const all = started.map(({ gateway, error }): Followed => ({ gateway, error }));
  const isPainted = form === 'text' && isRedrawable(io.stdout, io.env);
  const goesOn = () => {
    const example = all.find(isRunning);
    return example === undefined ? '' : goesOnWords(example.gateway, 'many');
  };
  return untilInterrupted(io, goesOn, async (signal) => {
    if (isPainted) await paint(started, all, io, signal);
    for (const one of all) if (one.error) tell(one, asked, io, form);
    const silence = form === 'text' && !isPainted ? tellSilence(started, all, io) : undefined;
    try {
      await Promise.all(
        started.map(async ({ run }, index) => {
          const one = all[index];
          if (run === undefined || one === undefined) return;
          await ended(run, one, signal);
          clearTimeout(silence);
          // In the picture, the line of a change that came out as asked says all. For any other change the picture has no room for the reason.
          if (!isPainted || !one.outcome || !isAsAsked(asked, one.outcome)) tell(one, asked, io, form);
        }),
      );
    } finally {
      clearTimeout(silence);
    }
    if (form === 'text') io.stdout.write(`${summaryLine(all, asked)}\n`);
    return all.every(({ outcome }) => outcome && isAsAsked(asked, outcome)) ? EXIT.ok : EXIT.otherwise;
  });
}

/** Waits for the end of one change. If that end can't be read, the others are shown all the same. */
async function ended(run: GatewayRun<ChangeOutcome>, one: Followed, signal: AbortSignal): Promise<void> {
  await orUnread(one, signal, async () => {
    one.outcome = await run.result({ signal });
    delete one.unread;
  });
}

/** Does `read`. If that fails, notes in `one` why. Throws only once `signal` is aborted, because then nobody waits any more. */
async function orUnread(one: Followed, signal: AbortSignal, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    signal.throwIfAborted();
    one.unread = new Error(messageOf(error), { cause: error });
  }
}

async function paint(
  started: readonly Started[],
  all: readonly Followed[],
  io: CommandIo,
  signal: AbortSignal,
): Promise<void> {
  const intervalMs = Math.max(LEAST_INTERVAL_MS, started.length * QUERY_MS);
  const answered = isAnsweredBy(performance.now() + SILENCE_MS);
  const shown = ({ progress, ...one }: Followed): Followed =>
    progress && answered(progress) ? { ...one, progress } : one;
  const painter = new LivePainter(io.stdout, () => {
    const options = { now: Date.now(), ...drawOptionsOf(io.stdout, io.env) };
    const running = all.filter(isRunning);
    const lines = all.map((one) => gatewayLine(shown(one), options));
    // The causes come last, because a terminal shows the end of a picture that is too long.
    const causes = causeLines(all, options);
    const count = `${all.length} gateways, ${running.length} running`;
    return running.length === 0 ? lines : [...lines, ...causes, count];
  });
  try {
    await Promise.all(
      started.map(async ({ run }, index) => {
        const one = all[index];
        if (run === undefined || one === undefined) return;
        await orUnread(one, signal, async () => {
          for await (const progress of run.watch({ signal, intervalMs })) one.progress = progress;
        });
      }),
    );
  } finally {
    painter.stop();
  }
}

/** After a while, asks one of the changes whether a worker has taken it up, and says so if none has. */
function tellSilence(started: readonly Started[], all: readonly Followed[], io: CommandIo): NodeJS.Timeout {
  const ask = async (): Promise<void> => {
    const run = started.find((one) => one.run !== undefined)?.run;
    if (run === undefined) return;
    const progress = await run.progress({ timeoutMs: SILENCE_MS }).catch(() => undefined);
    if (progress === null && all.every(({ outcome }) => outcome === undefined))
      io.stdout.write(`${all.length} gateways: no worker has taken them up yet\n`);
  };
  return setTimeout(() => void ask(), SILENCE_MS);
}

function tell(one: Followed, asked: RequestedAction | 'cancel', io: CommandIo, form: 'text' | 'json'): void {
  const { gateway, outcome } = one;
  const workflowId = workflowIdOf(gateway);
  const subject = gatewayText(gateway);
  if (form === 'json') {
    const told = outcome ? { kind: 'ended', workflowId, outcome } : { workflowId, ...missingOutcomeOf(one) };
    io.stdout.write(`${JSON.stringify(told)}\n`);
  } else if (outcome) {
    const contradiction = contradictionOf(asked, outcome);
    for (const line of namedOutcomeLines(subject, outcome, drawOptionsOf(io.stdout, io.env)))
      io.stdout.write(`${line}\n`);
    if (contradiction !== undefined) io.stdout.write(`${subject}: ${contradiction}\n`);
  } else {
    const { kind, reason } = missingOutcomeOf(one);
    io.stdout.write(`${subject}: ${kind}: ${reason}\n`);
  }
}
