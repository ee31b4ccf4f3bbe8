/**
 * What pairs have told of their queues, each after its own workflow tasks. A run that continues as new tells that it leaves, because another worker may
 * take the next run. A run that moves to another worker, or is terminated, tells nothing more. So what it has told counts only for a while.
 */
import type { Meter } from '../../gateway/meter.ts';
import { pairIdOf } from '../../pair/messages.ts';
import type { QueueSizes } from '../../pair/queue.ts';
import { PAIR_TIMES } from '../../pair/times.ts';

/** How long what a pair has told counts, in ms. A pair that works has a workflow task at least this often. */
const GOOD_FOR_MS = PAIR_TIMES.verdictMaxMs + 5 * 60_000;

interface ToldSizes extends QueueSizes {
  readonly toldAt: number;
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
    const known = this.#told.get(pair)?.trialSince ?? null;
    const isOver = sizes.onTrial === 0;
    if (known !== null && isOver) this.#meter.record('trialDuration', (sizes.at - known) / 1000, {});
    // While a batch is being settled, its trial goes on.
    const trialSince = isOver ? null : (sizes.trialSince ?? known);
    if (sizes.isLeaving) this.#told.delete(pair);
    else this.#told.set(pair, { ...sizes, trialSince, toldAt: this.#now() });
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
