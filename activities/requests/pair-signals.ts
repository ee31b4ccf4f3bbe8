/**
 * The signals from this worker to the pairs. While a signal to a pair is under way, further requests to it gather, and go with the next signal. Temporal
 * carries out the signals to one workflow one after the other, and keeps some hundred of them while a task of the workflow is under way. With more, the
 * task fails, and the workflow is replayed from its beginning. If each of a thousand sagas sent a signal of its own, their pair would do little else.
 */
import { PAIR_LIMITS } from '../../pair/limits.ts';
import type { PairRequest } from '../../pair/messages.ts';

/** Sends these requests as one signal. Resolves to the run of the pair that got them. */
type Signal = (requests: readonly PairRequest[]) => Promise<string>;

interface Gathered {
  readonly request: PairRequest;
  readonly isOver: () => boolean;
  readonly resolve: (pairRun: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export class PairSignals {
  /** By channel, while a signal is under way there: the requests that go with the next one. */
  readonly #gathered = new Map<string, Gathered[]>();

  /**
   * Sends a request, in the order in which the calls for its channel came. Resolves to the run of the pair that got it, or to `undefined` if it was not
   * sent because nobody waits for it any more. Rejects if the signal that carried it failed.
   *
   * @param channel one signal of each channel is under way at a time
   * @param isOver asked right before the request is sent: whether nobody waits for it any more
   */
  send(
    channel: string,
    request: PairRequest,
    { signal, isOver }: { readonly signal: Signal; readonly isOver: () => boolean },
  ): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const one = { request, isOver, resolve, reject };
      const others = this.#gathered.get(channel);
      if (others === undefined) void this.#sendAll(channel, [one], signal);
      else others.push(one);
    });
  }

  async #sendAll(channel: string, first: readonly Gathered[], signal: Signal): Promise<void> {
    const gathered = [...first];
    this.#gathered.set(channel, gathered);
    while (gathered.length > 0) await sendSome(gathered.splice(0, PAIR_LIMITS.requestsAtOnce), signal);
    this.#gathered.delete(channel);
  }
}

/** Sends those of the requests that somebody waits for. */
async function sendSome(some: readonly Gathered[], signal: Signal): Promise<void> {
  const due = some.filter((one) => !one.isOver());
  for (const one of some) if (!due.includes(one)) one.resolve(undefined);
  if (due.length === 0) return;
  try {
    const pairRun = await signal(due.map(({ request }) => request));
    for (const { resolve } of due) resolve(pairRun);
  } catch (error) {
    for (const { reject } of due) reject(error);
  }
}
