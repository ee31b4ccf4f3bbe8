/**
 * Asks of this worker that wait for an answer, so that a pair that was terminated hears them again within seconds, and not when
 * the asks' time is over. It looks at pairs, not at asks: a thousand that wait for one pair cost one look.
 *
 * Losing it costs time, nothing else: an ask without an answer comes again by itself, after a minute or as long again as it
 * has waited (`PAIR_TIMES.askAgainMs`, `askAgainMostMs`).
 */
import type { ReplyTo } from '../../pair/messages.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import { chainOf, isWaiting } from './executions.ts';
import type { Chain, Client } from './executions.ts';

export interface UnansweredRequest {
  readonly client: Client;
  /** Workflow id. */
  readonly pair: string;
  readonly replyTo: ReplyTo;
  /** The run of the pair that was asked. */
  readonly asked: string;
  /** In ms: then it is asked again by whichever worker. */
  readonly waitMs: number;
  /** Asks the same again. Resolves to the run that was asked. */
  readonly again: () => Promise<string>;
}

interface WaitingRequest extends UnansweredRequest {
  asked: string;
  readonly until: number;
}

export class UnansweredRequests {
  /** By pair, the one that was looked at last at the end. */
  readonly #pairs = new Map<string, WaitingRequest[]>();
  #timer: NodeJS.Timeout | undefined;

  add(ask: UnansweredRequest): void {
    const waiting = { ...ask, until: Date.now() + ask.waitMs };
    const others = this.#pairs.get(ask.pair);
    if (others === undefined) this.#pairs.set(ask.pair, [waiting]);
    else others.push(waiting);
    this.#next();
  }

  /** Looks while somebody waits, and keeps no process alive. */
  #next(): void {
    if (this.#timer !== undefined || this.#pairs.size === 0) return;
    this.#timer = setTimeout(() => {
      void this.#look().finally(() => {
        this.#timer = undefined;
        this.#next();
      });
    }, PAIR_TIMES.pairCheckMs).unref();
  }

  async #look(): Promise<void> {
    for (const [pair, asks] of [...this.#pairs].slice(0, PAIR_TIMES.pairsCheckedAtOnce)) {
      const waiting = asks.filter(({ until }) => Date.now() < until);
      this.#pairs.delete(pair);
      if (waiting.length > 0) this.#pairs.set(pair, waiting);
      // Whatever goes wrong: the next look comes, and so does the ask itself.
      await requestAgain(pair, waiting).catch(() => undefined);
    }
  }
}

/** A pair that has continued as new has carried the ask along. */
async function isCarried({ client, pair, asked }: WaitingRequest, now: Chain): Promise<boolean> {
  return now.isRunning && (await chainOf(client, pair, asked))?.firstRunId === now.firstRunId;
}

/** Those whose pair was ended and perhaps begun anew by somebody else's ask, and whom nobody has answered before. */
async function requestAgain(pair: string, asks: readonly WaitingRequest[]): Promise<void> {
  const [first] = asks;
  if (first === undefined) return;
  const { client } = first;
  const now = await chainOf(client, pair);
  const hearers = new Set(now?.isRunning ? [now.runId] : []);
  for (const ask of asks) {
    if (now !== undefined && !hearers.has(ask.asked) && (await isCarried(ask, now))) hearers.add(ask.asked);
    if (!hearers.has(ask.asked) && (await isWaiting(ask.replyTo, client))) ask.asked = await ask.again();
  }
}
