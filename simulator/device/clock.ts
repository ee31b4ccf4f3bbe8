/** Time as the device sees it: given from outside, so that tests can own it. */

/** Takes a planned call back; calling it again, or after the call happened, does nothing. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fn` once, `ms` milliseconds from now (never before this function has returned). */
  after(ms: number, fn: () => void): Cancel;
}

/** Resolves after `ms` on the clock; without touching the clock when there is nothing to wait for. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => clock.after(ms, resolve));
}
