/** The machine's time as a device's clock. */

import type { Clock } from '../device/clock.ts';

/** The longest time of one timer, in ms. A longer wait uses several timers. */
const LONGEST = 2 ** 31 - 1;

/** After `stop`, no planned call happens any more. */
export interface MachineClock extends Clock {
  stop(): void;
}

export function createMachineClock(): MachineClock {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  return {
    now: () => Date.now(),
    after(ms, fn) {
      let timer: NodeJS.Timeout | undefined;
      const cancel = (): void => {
        if (timer === undefined) return;
        clearTimeout(timer);
        timers.delete(timer);
      };
      const wait = (left: number): void => {
        if (stopped) return;
        timer = setTimeout(
          () => {
            cancel();
            if (left > LONGEST) wait(left - LONGEST);
            else fn();
          },
          Math.min(left, LONGEST),
        );
        timers.add(timer);
      };
      wait(ms);
      return cancel;
    },
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
