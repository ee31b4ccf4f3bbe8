import type { Info } from '@temporalio/activity';

/** The time of Temporal's server, in ms since the epoch. */
export type ServerClock = () => number;

/**
 * The server's clock, as one attempt of an activity knows it. It begins with the time at which the server scheduled the attempt, and goes
 * on by this process's monotonic clock. So it can be compared with all times of that server, whatever this machine's clock shows, and even if
 * somebody sets that clock meanwhile. It is never ahead of the server. It is behind by as long as the attempt waited for a worker.
 */
export function serverClock({
  currentAttemptScheduledTimestampMs: scheduled,
}: Pick<Info, 'currentAttemptScheduledTimestampMs'>): ServerClock {
  const begun = performance.now();
  return () => scheduled + Math.floor(performance.now() - begun);
}
