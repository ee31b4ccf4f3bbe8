import { pairIdOf, QUEUE_QUERY, type PairQueue } from '../gateway/pair/messages.ts';
import type { Progress, StepProgress } from '../gateway/messages.ts';
import { ask } from './ask.ts';
import type { Temporal } from './temporal.ts';

/** Steps in which a gateway waits for its pair. */
const AT_THE_PAIR: ReadonlySet<StepProgress['step']> = new Set(['push', 'keep', 'remove']);
const ANSWER_MS = 1_000;
/** Each question is a task for some worker. */
const NOT_OFTENER_MS = 1_000;

/**
 * Where a gateway stands in its pair's queue, told beside what its running step waits for. A pair that isn't there, or doesn't
 * answer, only leaves this out.
 */
export class QueuePlaces {
  readonly #temporal: Temporal;
  #asked = 0;
  #words: string | null = null;

  constructor(temporal: Temporal) {
    this.#temporal = temporal;
  }

  async told(progress: Progress): Promise<Progress> {
    const { pair, steps, gateway } = progress;
    const waits = steps.find(({ step, status }) => status === 'running' && AT_THE_PAIR.has(step));
    if (pair === undefined || waits === undefined) return progress;
    if (Date.now() - this.#asked >= NOT_OFTENER_MS) {
      this.#asked = Date.now();
      this.#words = await this.#placeOf(pair, gateway.resourceId);
    }
    if (this.#words === null) return progress;
    const waitingFor = [waits.waitingFor, this.#words].filter((words) => words !== undefined).join('; ');
    return { ...progress, steps: steps.map((step) => (step === waits ? { ...step, waitingFor } : step)) };
  }

  async #placeOf(pair: readonly [string, string], resourceId: string): Promise<string | null> {
    const handle = this.#temporal.client.workflow.getHandle(pairIdOf(pair));
    try {
      const queue = await ask<PairQueue>(this.#temporal, handle, QUEUE_QUERY, { timeoutMs: ANSWER_MS });
      return queue && placeIn(queue, resourceId);
    } catch {
      return null;
    }
  }
}

/** `number 3 of 12 in the queue, behind a batch of 64 (applying)`, `in a batch of 12 (settling)`. */
export function placeIn({ on, waiting, phase, heldBy }: PairQueue, resourceId: string): string | null {
  const isIt = ({ gateway }: { readonly gateway: { readonly resourceId: string } }) =>
    gateway.resourceId === resourceId;
  const held = heldBy === null ? '' : `, held: ${heldBy}`;
  const place = waiting.findIndex(isIt);
  if (place >= 0) {
    return `number ${place + 1} of ${waiting.length} in the queue, behind a batch of ${on.length} (${phase}${held})`;
  }
  return on.some(isIt) ? `in a batch of ${on.length} (${phase}${held})` : null;
}
