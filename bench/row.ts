/** One row of the results: the measured values, the baseline that they are compared with, and whether the goal was met. */
import { pairedDifference, pairedRatio, spread } from './statistics.ts';
import type { Paired, Spread } from './statistics.ts';

export type Unit =
  | 'ms'
  | 's'
  | 'MB'
  | 'events'
  | 'commits'
  | 'batches'
  | 'gateways'
  | 'requests'
  | 'sessions'
  | 'round trips'
  | 'per s'
  | 'ms of CPU'
  | '% of a core';

export interface Goal {
  readonly says: string;
  readonly met: boolean;
}

export interface Row {
  readonly what: string;
  readonly unit: Unit;
  readonly measured: Spread;
  /** The baseline, measured in the same run and in the same unit. */
  readonly against?: { readonly what: string; readonly baseline: Spread; readonly ratio: number };
  readonly goal?: Goal;
}

/** A row without a comparison. With `atMost` the goal is that no value is larger. */
export function plainRow(what: string, unit: Unit, values: readonly number[], atMost?: number): Row {
  const measured = spread(values);
  if (atMost === undefined) return { what, unit, measured };
  return { what, unit, measured, goal: { says: `≤ ${atMost}`, met: measured.max <= atMost } };
}

interface Comparison {
  readonly what: string;
  readonly unit: Unit;
  readonly baseline: string;
  readonly values: Paired;
}

/** A row with a comparison. With `atMost` the goal is that the ratio is not larger. */
export function ratioRow({ what, unit, baseline, values }: Comparison, atMost?: number): Row {
  const ratio = pairedRatio(values);
  return {
    what,
    unit,
    measured: spread(values.measured),
    against: { what: baseline, baseline: spread(values.baseline), ratio },
    ...(atMost === undefined ? {} : { goal: { says: `ratio ≤ ${atMost}`, met: ratio <= atMost } }),
  };
}

/** A row with a comparison. The goal is that the difference, in the row's unit, is not larger than `atMost`. */
export function differenceRow(comparison: Comparison, atMost: number): Row {
  const difference = pairedDifference(comparison.values);
  return {
    ...ratioRow(comparison),
    goal: {
      says: `at most ${atMost} ${comparison.unit} more (${difference.toFixed(2)})`,
      met: difference <= atMost,
    },
  };
}
