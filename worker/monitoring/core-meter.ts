/**
 * Serves `METRICS` through the exporter of Temporal's SDK, so that a worker has one endpoint.
 *
 * 1. The exporter can't forget a series. So a series of a gauge that is over becomes 0, which is true for each gauge here.
 * 2. Labels are bounded. If there are many routers, all routers share one series, unless somebody wants them apart. So do all pairs.
 */
import type { MetricMeter } from '@temporalio/common';
import type { Gauge, LabelsOf, Meter, Metric, Recorded, GaugeSeries } from '../../gateway/meter.ts';
import { METRICS } from '../../gateway/metrics.ts';
import type { MetricFacts } from '../../gateway/metrics.ts';

/** The label of all routers, and of all pairs, where they are not told apart. */
export const ALL = 'all';

/** For the SDK's runtime, which makes the histograms. */
export function bucketsOf(): Record<string, number[]> {
  const all: readonly MetricFacts[] = Object.values(METRICS);
  return Object.fromEntries(all.flatMap(({ name, buckets }) => (buckets ? [[name, [...buckets]]] : [])));
}

type Labels = Readonly<Record<string, string>>;
type Instrument = (value: number, labels: Labels) => void;

export class CoreMeter implements Meter {
  readonly #meterOf: () => MetricMeter;
  #instruments: ReadonlyMap<Metric, Instrument> | undefined;
  readonly #isPerRouter: () => boolean;
  /** For each gauge: its series that were told last, by their labels. */
  readonly #shown = new Map<Gauge, ReadonlyMap<string, Labels>>();

  /**
   * `meterOf` is called when the first fact is told, not earlier: the SDK ends its runtime with a connection that fails, and makes another runtime for
   * the next, and the meter of an ended runtime tells nobody. `isPerRouter`: whether routers and pairs have series of their own.
   */
  constructor(meterOf: () => MetricMeter, isPerRouter: () => boolean) {
    this.#meterOf = meterOf;
    this.#isPerRouter = isPerRouter;
  }

  /** From now on this meter tells nothing, because the exporter ends before the last session does. */
  end(): void {
    this.#instruments = new Map();
  }

  record<M extends Recorded>(metric: M, value: number, labels: LabelsOf<M>): void {
    this.#instrument(metric)?.(value, this.#bounded(labels));
  }

  replace<M extends Gauge>(metric: M, rows: readonly GaugeSeries<M>[]): void {
    const isName = 'router_name' in (rows[0]?.labels ?? {});
    const told = isName && !this.#isPerRouter() ? [] : rows;
    const series = new Map<string, { readonly labels: Labels; value: number }>();
    for (const { labels: given, value } of told) {
      const labels = this.#bounded(given);
      const key = JSON.stringify(labels);
      const before = series.get(key)?.value ?? 0;
      series.set(key, {
        labels,
        value: METRICS[metric].unit === 'seconds' ? Math.max(before, value) : before + value,
      });
    }
    const set = this.#instrument(metric);
    for (const { labels, value } of series.values()) set?.(value, labels);
    for (const [key, labels] of this.#shown.get(metric) ?? []) if (!series.has(key)) set?.(0, labels);
    this.#shown.set(metric, new Map([...series].map(([key, { labels }]) => [key, labels])));
  }

  #instrument(metric: Metric): Instrument | undefined {
    if (this.#instruments === undefined) {
      const meter = this.#meterOf();
      const all = Object.entries(METRICS) as [Metric, MetricFacts][];
      this.#instruments = new Map(all.map(([one, facts]) => [one, instrumentOf(meter, facts)]));
    }
    return this.#instruments.get(metric);
  }

  #bounded(labels: Labels): Labels {
    if (this.#isPerRouter()) return labels;
    return {
      ...labels,
      ...('router' in labels && { router: ALL }),
      ...('pair' in labels && { pair: ALL }),
    };
  }
}

function instrumentOf(meter: MetricMeter, { name, type, help }: MetricFacts): Instrument {
  switch (type) {
    case 'counter': {
      const counter = meter.createCounter(name, undefined, help);
      return (value, labels) => counter.add(value, labels);
    }
    case 'gauge': {
      const gauge = meter.createGauge(name, 'float', undefined, help);
      return (value, labels) => gauge.set(value, labels);
    }
    case 'histogram': {
      const histogram = meter.createHistogram(name, 'float', undefined, help);
      return (value, labels) => histogram.record(Math.max(0, value), labels);
    }
  }
}
