import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../gateway/messages.ts';
import { queryProgress } from './query.ts';
import type { VersionRun } from './version-run.ts';
import type { ChangeOutcome } from './outcome.ts';
import { QueuePlaces } from './queue-place.ts';
import type { Temporal } from './temporal.ts';

/** How a change is watched. */
export interface WatchOptions {
  /** Time between two queries, in milliseconds. Default 250. */
  readonly intervalMs?: number;
  /** Ends the watching, not the change: the iteration throws its reason. */
  readonly signal?: AbortSignal;
}

/** How long to wait for an answer, in ms. The server itself gives a query up after 30 s without a worker. */
const ANSWER_MS = 10_000;
/**
 * How long to wait for the last answers, in ms. They only complete the display, so the waits are short. The last query is sent twice, because a query is
 * lost if it reaches a worker at the moment at which the worker drops the ended run from its cache.
 */
const LAST_ANSWER_MS = [500, 2_500] as const;

/**
 * Yields `blank` at once, then progress as it changes, through all runs that follow each other. The last value has an `outcome` other than `running`.
 * `read` is how the caller reads the last outcome. While no worker answers, this yields nothing, but still notices the end of a run.
 */
export async function* watchRuns(
  temporal: Temporal,
  first: VersionRun,
  blank: Progress,
  read: (outcome: ChangeOutcome) => ChangeOutcome,
  options: WatchOptions,
): AsyncGenerator<Progress, void, void> {
  const left = new AbortController();
  const signal = options.signal ? AbortSignal.any([left.signal, options.signal]) : left.signal;
  try {
    yield blank;
    let last = blank;
    let run: VersionRun | null = first;
    while (run) {
      const ended = new AbortController();
      const ending = run.outcome(signal).finally(() => ended.abort());
      // Awaited below; until then a rejection must not count as unhandled.
      ending.catch(() => {});
      for await (const progress of changes(temporal, run, last, {
        intervalMs: options.intervalMs ?? 250,
        ended: ended.signal,
        signal,
      }))
        yield (last = progress);
      const outcome: ChangeOutcome = await ending;
      const next: VersionRun | null = await run.next(outcome);
      if (!next) yield await finalProgress(temporal, run, last, read(outcome));
      run = next;
    }
  } finally {
    left.abort();
  }
}

async function* changes(
  temporal: Temporal,
  { handle }: VersionRun,
  before: Progress,
  options: { readonly intervalMs: number; readonly ended: AbortSignal; readonly signal: AbortSignal },
): AsyncGenerator<Progress, void, void> {
  const { intervalMs, ended, signal } = options;
  const places = new QueuePlaces(temporal);
  let last = JSON.stringify(before);
  while (!ended.aborted) {
    const answer = await queryProgress(temporal, handle, { timeoutMs: ANSWER_MS, leave: ended, signal });
    const progress = answer && (await places.shown(answer));
    const now = JSON.stringify(progress);
    // The end is yielded by `finalProgress`, which knows the outcome.
    if (progress?.outcome === 'running' && now !== last) {
      last = now;
      yield progress;
    }
    await sleep(intervalMs, undefined, { signal: ended }).catch(() => {});
  }
}

async function finalProgress(
  temporal: Temporal,
  { handle }: VersionRun,
  last: Progress,
  outcome: ChangeOutcome,
): Promise<Progress> {
  let answer: Progress | null = null;
  for (const timeoutMs of LAST_ANSWER_MS) answer ??= await queryProgress(temporal, handle, { timeoutMs });
  const { kind, gateway } = outcome;
  // Another change of the gateway may have begun since.
  const isOfThis =
    gateway === null || outcome.kind === 'superseded' || answer?.gateway.version === gateway.version;
  return {
    ...((isOfThis ? answer : null) ?? last),
    ...(gateway && { gateway }),
    outcome: kind,
    ...('message' in outcome && { error: outcome.message }),
  };
}
