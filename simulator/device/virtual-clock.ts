/** A clock that stands still until it is told to move: a test's time. */

import type { Clock } from './clock.ts';

export interface VirtualClock extends Clock {
  /**
   * Moves time on by `ms`, making every call that falls due, in order, each at its own time. What those calls start
   * (promises, further calls) gets its turn before time moves on.
   */
  advance(ms: number): Promise<void>;
  /** How many calls are planned. */
  readonly planned: number;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly fn: () => void;
}

/** Lets every promise that is ready go on, and those that become ready by it, before time moves. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createVirtualClock(start: number = Date.UTC(2024, 0, 2, 3, 4, 5)): VirtualClock {
  let now = start;
  let order = 0;
  const planned = new Set<Planned>();
  const next = (limit: number): Planned | undefined =>
    [...planned].filter((p) => p.at <= limit).sort((a, b) => a.at - b.at || a.order - b.order)[0];
  return {
    now: () => now,
    after(ms, fn) {
      const entry = { at: now + Math.max(0, ms), order: order++, fn };
      planned.add(entry);
      return () => void planned.delete(entry);
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let due = next(end); due; due = next(end)) {
        planned.delete(due);
        now = due.at;
        due.fn();
        await settle();
      }
      now = end;
    },
    get planned() {
      return planned.size;
    },
  };
}
