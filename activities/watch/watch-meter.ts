/** Tells the meter how the watch stands, as long as this worker has it. */
import type { Meter } from '../../gateway/meter.ts';
import type { WatchReport } from '../../gateway/config-watch.ts';

export type WatchFacts = Pick<
  WatchReport,
  'listed' | 'differing' | 'inFlight' | 'silent' | 'unreadable' | 'waits'
>;

export class WatchMeter {
  readonly #meter: Meter | undefined;
  readonly #now: () => number;
  #behindSince: number | undefined;

  /** `now`: a monotonic clock, in ms. */
  constructor(meter: Meter | undefined, now: () => number = () => performance.now()) {
    this.#meter = meter;
    this.#now = now;
  }

  tell({ listed, differing, inFlight, silent, unreadable, waits }: WatchFacts): void {
    const isBehind = listed === null || waits !== null || differing > inFlight + silent.count;
    this.#behindSince = isBehind ? (this.#behindSince ?? this.#now()) : undefined;
    const lag = this.#behindSince === undefined ? 0 : this.#now() - this.#behindSince;
    this.#show(1, lag / 1000, [differing, inFlight, silent.count, unreadable.count]);
  }

  /** This worker does not have the watch any more. */
  end(): void {
    this.#show(0, 0, [0, 0, 0, 0]);
  }

  #show(active: 0 | 1, lag: number, counts: readonly [number, number, number, number]): void {
    const [differing, inFlight, silent, unreadable] = counts;
    const only = (value: number) => [{ labels: {}, value }];
    this.#meter?.replace('watchActive', only(active));
    this.#meter?.replace('watchLag', only(lag));
    this.#meter?.replace('watchDiffering', only(differing));
    this.#meter?.replace('watchInFlight', only(inFlight));
    this.#meter?.replace('watchSilent', only(silent));
    this.#meter?.replace('watchUnreadable', only(unreadable));
  }
}
