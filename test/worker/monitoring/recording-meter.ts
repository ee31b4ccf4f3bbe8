import type { Gauge, LabelsOf, Meter, Recorded, GaugeSeries } from '../../../gateway/meter.ts';

/** Remembers what it was told. */
export class RecordingMeter implements Meter {
  readonly recorded: (readonly [metric: Recorded, value: number, labels: object])[] = [];
  /** The last rows of each gauge. */
  readonly gauges = new Map<Gauge, readonly (readonly [labels: object, value: number])[]>();

  record<M extends Recorded>(metric: M, value: number, labels: LabelsOf<M>): void {
    this.recorded.push([metric, value, labels]);
  }

  replace<M extends Gauge>(metric: M, rows: readonly GaugeSeries<M>[]): void {
    this.gauges.set(
      metric,
      rows.map(({ labels, value }) => [labels, value]),
    );
  }

  /** The value of a gauge without labels. */
  value(metric: Gauge): number | undefined {
    return this.gauges.get(metric)?.[0]?.[1];
  }
}
