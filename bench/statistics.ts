/** Statistics over several runs. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** The middle value, or the mean of the two middle values. Throws a `RangeError` when there are no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  if (high === undefined || low === undefined) throw new RangeError('expected at least one value, got none');
  return (low + high) / 2;
}

/** The median and the range. Throws a `RangeError` when there are no values. */
export function spread(values: readonly number[]): Spread {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    runs: values.length,
  };
}

/** Two series. Values with the same index were measured one right after the other. */
export interface Paired {
  readonly measured: readonly number[];
  readonly baseline: readonly number[];
}

/**
 * The median of the ratios of values with the same index. Whatever slows the machine down for a while slows both values down. Throws a
 * `RangeError` when the series differ in length or are empty.
 */
export function pairedRatio({ measured, baseline }: Paired): number {
  return median(together({ measured, baseline }).map(([a, b]) => a / b));
}

/** The median of the differences of values with the same index. Throws as `pairedRatio` does. */
export function pairedDifference(values: Paired): number {
  return median(together(values).map(([a, b]) => a - b));
}

function together({ measured, baseline }: Paired): (readonly [number, number])[] {
  if (measured.length !== baseline.length)
    throw new RangeError(`expected pairs, got ${measured.length} values against ${baseline.length}`);
  return measured.map((value, index) => [value, baseline[index] ?? Number.NaN] as const);
}

/** Measures both in each round, and takes the baseline first in every other round. */
export async function interleave(
  runs: number,
  sides: {
    readonly measured: (run: number) => Promise<number>;
    readonly baseline: (run: number) => Promise<number>;
  },
): Promise<Paired> {
  const measured: number[] = [];
  const baseline: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    if (run % 2 === 1) baseline.push(await sides.baseline(run));
    measured.push(await sides.measured(run));
    if (run % 2 === 0) baseline.push(await sides.baseline(run));
  }
  return { measured, baseline };
}

/** How long the work takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
