/** What a worker does at its start while etcd or Temporal is away: it says so within seconds, and waits. */
import { setTimeout } from 'node:timers/promises';

/** How long nothing may answer before the worker says so, in ms. */
const SILENCE_MS = 3_000;
/** The pause between two tries, in ms. */
const PAUSE_MS = 1_000;

export interface WaitOptions {
  /** What is asked, for the warning: `etcd at 127.0.0.1:2379`. */
  readonly name: string;
  readonly warn: (words: string) => void;
  /** Once aborted, the waiting ends, and rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Returns the error with which the waiting rejects, if no later try can do better. Absent: every error is waited out. */
  readonly refusal?: (error: unknown) => Promise<Error | undefined>;
  readonly silenceMs?: number;
  readonly pauseMs?: number;
}

/** Asks until there is an answer. Warns once if there is none at first, and says when there is one after all. */
export async function untilAnswers<T>(
  ask: () => Promise<T>,
  { name, warn, signal, refusal, silenceMs = SILENCE_MS, pauseMs = PAUSE_MS }: WaitOptions,
): Promise<T> {
  let warned = false;
  const warnOnce = (reason: string) => {
    if (!warned) warn(`${name} does not answer (${reason}): this worker does nothing until it does`);
    warned = true;
  };
  const silence = globalThis.setTimeout(() => warnOnce(`nothing within ${silenceMs / 1000} s`), silenceMs);
  try {
    for (;;) {
      signal.throwIfAborted();
      try {
        const answer = await orAborted(ask(), signal);
        if (warned) warn(`${name} answers`);
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        const final = await refusal?.(error);
        if (final !== undefined) throw final;
        warnOnce(error instanceof Error ? error.message : String(error));
      }
      await orAborted(setTimeout(pauseMs), signal);
    }
  } finally {
    clearTimeout(silence);
  }
}

/** Resolves as `work` does. Rejects as soon as the signal is aborted. What was begun goes on then, but its end does not matter any more. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
