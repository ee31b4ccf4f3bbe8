/** Asks a server again and again whether it answers, and remembers when it did. */
import { setTimeout } from 'node:timers/promises';

export interface ProbeTimes {
  /** The pause between two questions, in ms. */
  readonly pauseMs: number;
  /** How long an answer may take before the question counts as failed, in ms. */
  readonly answerMs: number;
  /** How long an answer counts, in ms. */
  readonly goodMs: number;
}

export const PROBE_TIMES: ProbeTimes = { pauseMs: 5_000, answerMs: 5_000, goodMs: 15_000 };

export interface ProbeOptions {
  /** For people: `etcd`. */
  readonly name: string;
  readonly ask: () => Promise<unknown>;
  /** Is told of each question how long the answer took, in ms. `undefined`: the question failed. */
  readonly told?: (ms: number | undefined) => void;
  readonly times?: ProbeTimes;
}

export class Probe {
  readonly #options: ProbeOptions;
  readonly #times: ProbeTimes;
  #answeredAt = -Infinity;
  #reason = 'it was not asked yet';

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#times = options.times ?? PROBE_TIMES;
  }

  /** Why the server can't be relied on, in one line. `undefined`: it has answered lately. */
  get cause(): string | undefined {
    const { goodMs } = this.#times;
    if (performance.now() - this.#answeredAt <= goodMs) return undefined;
    return `${this.#options.name} has not answered for ${goodMs / 1000} s: ${this.#reason}`;
  }

  /** Asks until the signal is aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#askOnce(signal);
      await setTimeout(this.#times.pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #askOnce(signal: AbortSignal): Promise<void> {
    const { ask, told } = this.#options;
    const { answerMs } = this.#times;
    const askedAt = performance.now();
    const over = new AbortController();
    const end = () => over.abort();
    signal.addEventListener('abort', end, { once: true });
    try {
      const silence = setTimeout(answerMs, undefined, { signal: over.signal, ref: false }).then(() => {
        throw new Error(`no answer within ${answerMs / 1000} s`);
      });
      await Promise.race([ask(), silence]);
      this.#answeredAt = performance.now();
      told?.(this.#answeredAt - askedAt);
    } catch (error) {
      if (signal.aborted) return;
      this.#reason = oneLine(error);
      told?.(undefined);
    } finally {
      signal.removeEventListener('abort', end);
      over.abort();
    }
  }
}

/** The first line of the reason, cut: the health endpoint needs no login. */
function oneLine(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return (words.split('\n', 1)[0] ?? '').slice(0, 200);
}
