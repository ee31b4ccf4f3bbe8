import type { Clock } from '../device/clock.ts';

/** The longest wait a timer takes; a longer one is made of several. */
const LONGEST = 2 ** 31 - 1;

/** The machine's own time. */
export const machineClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      timer = setTimeout(() => (left > LONGEST ? wait(left - LONGEST) : fn()), Math.min(left, LONGEST));
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
};
