/** What several runs come to. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** The middle value; of an even number the mean of the two in the middle. Throws a `RangeError` when there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  if (high === undefined || low === undefined) throw new RangeError('expected at least one value, got none');
  return (low + high) / 2;
}

/** Throws a `RangeError` when there are no values. */
export function spread(values: readonly number[]): Spread {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    runs: values.length,
  };
}

/** Values that belong together by their index: measured one right after the other. */
export interface Paired {
  readonly measured: readonly number[];
  readonly baseline: readonly number[];
}

/**
 * The median of the ratios within each pair: what slows the machine down for a while slows both down. Throws a
 * `RangeError` when the sides differ in length or are empty.
 */
export function pairedRatio({ measured, baseline }: Paired): number {
  return median(together({ measured, baseline }).map(([a, b]) => a / b));
}

/** The median of the differences within each pair. Throws as `pairedRatio` does. */
export function pairedDifference(values: Paired): number {
  return median(together(values).map(([a, b]) => a - b));
}

function together({ measured, baseline }: Paired): (readonly [number, number])[] {
  if (measured.length !== baseline.length)
    throw new RangeError(`expected pairs, got ${measured.length} values against ${baseline.length}`);
  return measured.map((value, index) => [value, baseline[index] ?? Number.NaN] as const);
}

/** Measures both sides in turns, every other round the baseline first. */
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

/** How long it takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
