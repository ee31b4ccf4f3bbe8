/** The device's time. The clock is an argument, so that a test can move the time. Dates are written as Junos writes them. */

/** Cancels a planned call. Has no effect when the call is cancelled already or has happened. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fn` once, `ms` milliseconds from now, and never before this function has returned. */
  after(ms: number, fn: () => void): Cancel;
}

/** Resolves after `ms` on the clock. If `ms` is 0 or less, the clock is not used. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => clock.after(ms, resolve));
}

/** `2024-01-02 03:04:05 UTC` */
export function dateText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A span in ms: `00:01:30`, or `2d 00:01` from one day upwards. */
export function idleText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}`;
  const days = Math.floor(seconds / 86_400);
  return days > 0 ? `${days}d ${clock}` : `${clock}:${two(seconds % 60)}`;
}
