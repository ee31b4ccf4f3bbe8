/**
 * What pairs have told of their queues, each after its own workflow tasks. If the workflow of a pair moves to another worker, it tells nothing more
 * here. So what it has told counts only for a while.
 */
import type { Meter } from '../../gateway/meter.ts';
import { pairIdOf } from '../../pair/messages.ts';
import type { QueueSizes } from '../../pair/queue.ts';
import { PAIR_TIMES } from '../../pair/times.ts';

/** How long what a pair has told counts, in ms. A pair that works has a workflow task at least this often. */
const GOOD_FOR_MS = PAIR_TIMES.verdictMaxMs + 5 * 60_000;

interface ToldSizes extends QueueSizes {
  readonly toldAt: number;
  /** When the pair first told that its batch is on trial, by the pair's clock, in ms since the epoch. `undefined`: the batch is not on trial. */
  readonly trialSince: number | undefined;
}

export class PairQueues {
  readonly #meter: Meter;
  readonly #now: () => number;
  readonly #told = new Map<string, ToldSizes>();

  /** `now`: a monotonic clock, in ms. */
  constructor(meter: Meter, now: () => number = () => performance.now()) {
    this.#meter = meter;
    this.#now = now;
  }

  tell(sizes: QueueSizes): void {
    const pair = pairIdOf(sizes.pair);
    const since = this.#told.get(pair)?.trialSince;
    const trialSince = sizes.onTrial > 0 ? (since ?? sizes.at) : undefined;
    if (since !== undefined && trialSince === undefined)
      this.#meter.record('trialDuration', (sizes.at - since) / 1000, {});
    this.#told.set(pair, { ...sizes, toldAt: this.#now(), trialSince });
  }

  show(): void {
    for (const [pair, { toldAt }] of this.#told)
      if (this.#now() - toldAt > GOOD_FOR_MS) this.#told.delete(pair);
    const now = Date.now();
    const rowsOf = (valueOf: (told: ToldSizes) => number) =>
      [...this.#told].map(([pair, told]) => ({ labels: { pair }, value: valueOf(told) }));
    const age = ({ oldestSince }: ToldSizes) =>
      oldestSince === null ? 0 : Math.max(0, now - oldestSince) / 1000;
    this.#meter.replace(
      'pairWaiting',
      rowsOf(({ waiting }) => waiting),
    );
    this.#meter.replace('pairOldestWait', rowsOf(age));
    this.#meter.replace(
      'pairApplying',
      rowsOf(({ applying }) => applying),
    );
    this.#meter.replace(
      'pairOnTrial',
      rowsOf(({ onTrial }) => onTrial),
    );
  }
}
