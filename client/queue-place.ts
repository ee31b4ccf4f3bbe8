import { aheadOf } from '../pair/door.ts';
import { pairIdOf, type PairQueue } from '../pair/messages.ts';
import type { Progress, StepProgress } from '../gateway/messages.ts';
import { isSameGateway } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { queueOf } from './pairs.ts';
import type { Temporal } from './temporal.ts';

/** Steps in which a gateway waits for its pair. */
const AT_THE_PAIR: ReadonlySet<StepProgress['step']> = new Set(['apply', 'confirm', 'revert']);
/** How long the pair may take to answer, in ms. */
const ANSWER_MS = 1_000;
/** The least time between two queries of the queue, in ms: each query is a task for some worker. */
const NOT_OFTENER_MS = 1_000;

/**
 * Adds a gateway's place in its pair's queue to the `waitingFor` of its running step. If the pair does not run or does not answer, the
 * progress is returned as it was.
 */
export class QueuePlaces {
  readonly #temporal: Temporal;
  #askedAt = -Infinity;
  #place: Pick<StepProgress, 'waitingFor' | 'blockedBy'> | null = null;

  constructor(temporal: Temporal) {
    this.#temporal = temporal;
  }

  async shown(progress: Progress): Promise<Progress> {
    const { pair, steps, gateway } = progress;
    const waits = steps.find(({ step, status }) => status === 'running' && AT_THE_PAIR.has(step));
    if (pair === undefined || waits === undefined) return progress;
    if (performance.now() - this.#askedAt >= NOT_OFTENER_MS) {
      this.#askedAt = performance.now();
      this.#place = await this.#placeOf(pair, gateway, waits.atTheDoor);
    }
    // If the pair does not answer, the place that the saga itself knew last is shown.
    const place = this.#place ?? doorOf(waits);
    if (place === null) return progress;
    const waitingFor = [waits.waitingFor, place.waitingFor].filter((words) => words !== undefined).join('; ');
    const placed = { ...waits, ...place, waitingFor };
    return { ...progress, steps: steps.map((step) => (step === waits ? placed : step)) };
  }

  async #placeOf(pair: readonly [string, string], gateway: GatewayRef, atTheDoor: AtTheDoor) {
    try {
      const queue = await queueOf(this.#temporal, pairIdOf(pair), ANSWER_MS);
      const waitingFor = queue && placeIn(queue, gateway, atTheDoor);
      if (queue === null || waitingFor === null) return null;
      return { waitingFor, ...(queue.blockedBy !== null && { blockedBy: queue.blockedBy }) };
    } catch {
      return null;
    }
  }
}

function doorOf({ atTheDoor }: StepProgress): Pick<StepProgress, 'waitingFor'> | null {
  return atTheDoor === undefined ? null : { waitingFor: `at the door, ${atTheDoor.ahead} ahead` };
}

type AtTheDoor = StepProgress['atTheDoor'];

/**
 * The place in words: `number 3 of 12 in the queue, behind a batch of 64 (applying)`, `in a batch of 12 (settling)`, `at the door, 137 ahead, behind a queue of 256 and a batch of 64 (applying)`.
 */
export function placeIn(
  { batch, waiting, phase, door }: PairQueue,
  wanted: GatewayRef,
  atTheDoor?: AtTheDoor,
): string | null {
  const isIt = ({ gateway }: { readonly gateway: GatewayRef }) => isSameGateway(gateway, wanted);
  const place = waiting.findIndex(isIt);
  if (place >= 0) {
    return `number ${place + 1} of ${waiting.length} in the queue, behind a batch of ${batch.length} (${phase})`;
  }
  if (batch.some(isIt)) return `in a batch of ${batch.length} (${phase})`;
  if (atTheDoor === undefined) return null;
  const ahead = aheadOf({ number: atTheDoor.ticket, gate: door.gate });
  return `at the door, ${ahead} ahead, behind a queue of ${waiting.length} and a batch of ${batch.length} (${phase})`;
}
