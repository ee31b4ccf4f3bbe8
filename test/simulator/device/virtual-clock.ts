/** A clock for tests: its time stands still until the test moves it. */

import type { Clock } from '../../../simulator/device/clock.ts';

export interface VirtualClock extends Clock {
  /**
   * Moves the time on by `ms` and makes every planned call on the way, in order, each at its own time. Before the time
   * moves on, the promises that such a call has resolved run as far as they can.
   */
  advance(ms: number): Promise<void>;
  /** How many calls are planned. */
  readonly planned: number;
}

interface PlannedCall {
  readonly at: number;
  readonly order: number;
  readonly fn: () => void;
}

/** Resolves when all promises that can resolve without a timer have done so. */
const promisesSettled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createVirtualClock(start: number = Date.UTC(2024, 0, 2, 3, 4, 5)): VirtualClock {
  let now = start;
  let order = 0;
  const planned = new Set<PlannedCall>();
  const next = (limit: number): PlannedCall | undefined =>
    [...planned].filter((p) => p.at <= limit).sort((a, b) => a.at - b.at || a.order - b.order)[0];
  return {
    now: () => now,
    after(ms, fn) {
      const call = { at: now + Math.max(0, ms), order: order++, fn };
      planned.add(call);
      return () => void planned.delete(call);
    },
    async advance(ms) {
      const end = now + ms;
      await promisesSettled();
      for (let due = next(end); due; due = next(end)) {
        planned.delete(due);
        now = due.at;
        due.fn();
        await promisesSettled();
      }
      now = end;
    },
    get planned() {
      return planned.size;
    },
  };
}
