/** The interface by which the code tells of events and facts. A worker without `--metrics` has no meter. */
import type { METRICS, MetricFacts } from './metrics.ts';

type Table = typeof METRICS;
export type Metric = keyof Table;
export type LabelsOf<M extends Metric> = Readonly<Record<Table[M]['labels'][number], string>>;
type OfType<T extends MetricFacts['type']> = {
  [M in Metric]: Table[M]['type'] extends T ? M : never;
}[Metric];
export type Gauge = OfType<'gauge'>;
/** A metric that events add to. */
export type Recorded = OfType<'counter' | 'histogram'>;

/** One series of a gauge. */
export interface GaugeSeries<M extends Metric> {
  readonly labels: LabelsOf<M>;
  readonly value: number;
}

/** What the code tells about events and facts. It never throws. */
export interface Meter {
  /** Adds to a counter, or a value to a histogram. */
  record<M extends Recorded>(metric: M, value: number, labels: LabelsOf<M>): void;
  /** Replaces all series of a gauge. A series that is not among the rows becomes 0. */
  replace<M extends Gauge>(metric: M, rows: readonly GaugeSeries<M>[]): void;
}
