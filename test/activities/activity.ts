/** Runs an activity's code as a worker does, with the times that Temporal's server gives it. */
import { Context, asyncLocalStorage } from '@temporalio/activity';
import type { Info } from '@temporalio/activity';
import type { Logger } from '@temporalio/common';

export type ServerTimes = Pick<Info, 'scheduledTimestampMs' | 'currentAttemptScheduledTimestampMs'>;

/** The first attempt of a call that a server schedules now, whose clock is so many ms ahead of this process's clock. */
export function scheduledNow(aheadMs = 0): ServerTimes {
  const now = Date.now() + aheadMs;
  return { scheduledTimestampMs: now, currentAttemptScheduledTimestampMs: now };
}

/** `client`: what of Temporal's client the activity uses. `signal`: fires if it is cancelled. */
export function inActivity<T>(
  times: ServerTimes,
  run: () => Promise<T>,
  client?: unknown,
  { signal } = new AbortController(),
): Promise<T> {
  const never = new Promise<never>(() => undefined);
  const info = { attempt: 1, ...times } as Info;
  const unused = undefined as never;
  const silent = { warn: () => undefined } as unknown as Logger;
  return asyncLocalStorage.run(
    new Context(info, never, signal, () => undefined, client as never, silent, unused, {}),
    run,
  );
}

/** Of Temporal's client only what wakes the gateways that wait for another one. */
export function clientThat(wake: (workflowId: string) => Promise<void> | void) {
  return {
    workflow: { getHandle: (workflowId: string) => ({ signal: async () => wake(workflowId) }) },
  };
}
