/**
 * The signals from this worker to the pairs. Requests that come soon after a signal gather, and go with the next signal. Temporal keeps a hundred signals while
 * a task of the workflow is under way: with more, the task fails. The workflow can't continue as new either while signals come. After such a failure it is
 * replayed from its beginning. If each of a thousand sagas sent a signal of its own, their pair would do little else.
 */
import { AsyncResource } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import { PAIR_LIMITS } from '../../pair/limits.ts';
import type { PairRequest } from '../../pair/messages.ts';

/** Sends these requests as one signal. Resolves to the run of the pair that got them. */
type Signal = (requests: readonly PairRequest[]) => Promise<string>;

interface Gathered {
  readonly request: PairRequest;
  /** Sends on behalf of the activity that asked, as what is logged and traced says. */
  readonly signal: Signal;
  readonly isOver: () => boolean;
  readonly resolve: (pairRun: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export class PairSignals {
  /** By channel, after a signal and until the next one may follow: the requests that go with that. */
  readonly #gathered = new Map<string, Gathered[]>();

  /**
   * Sends a request, in the order in which the calls for its channel came. Resolves to the run of the pair that got it, or to `undefined` if it was not
   * sent because nobody waits for it any more. Rejects if the signal that carried it failed.
   *
   * @param channel a lone request on it goes at once
   * @param pauseMs how long after a signal the next one of the channel follows at the earliest, once there were several; the first pauses are shorter, so that
   *   those who come together share a batch
   * @param isOver asked right before the request is sent: whether nobody waits for it any more
   */
  send(
    channel: string,
    request: PairRequest,
    {
      signal,
      isOver,
      pauseMs,
    }: { readonly signal: Signal; readonly isOver: () => boolean; readonly pauseMs: number },
  ): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const one = { request, signal: AsyncResource.bind(signal), isOver, resolve, reject };
      const others = this.#gathered.get(channel);
      if (others === undefined) void this.#sendAll(channel, one, pauseMs);
      else others.push(one);
    });
  }

  async #sendAll(channel: string, first: Gathered, pauseMs: number): Promise<void> {
    const gathered = [first];
    this.#gathered.set(channel, gathered);
    for (let ms = pauseMs / 8; gathered.length > 0; ms = Math.min(2 * ms, pauseMs)) {
      const pause = setTimeout(ms);
      await sendSome(gathered.splice(0, PAIR_LIMITS.requestsAtOnce));
      await pause;
    }
    this.#gathered.delete(channel);
  }
}

/** Sends those of the requests that somebody waits for. */
async function sendSome(some: readonly Gathered[]): Promise<void> {
  const due = some.filter((one) => !one.isOver());
  for (const one of some) if (!due.includes(one)) one.resolve(undefined);
  const [first] = due;
  if (first === undefined) return;
  try {
    const pairRun = await first.signal(due.map(({ request }) => request));
    for (const { resolve } of due) resolve(pairRun);
  } catch (error) {
    for (const { reject } of due) reject(error);
  }
}
