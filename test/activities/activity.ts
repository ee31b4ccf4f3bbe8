/** Runs an activity's code as a worker does, with the times that Temporal's server gives it. */
import { Context, asyncLocalStorage } from '@temporalio/activity';
import type { Info } from '@temporalio/activity';
import type { Logger } from '@temporalio/common';

/** `heartbeatDetails`: what the attempt before told with its last heartbeat. `workflowExecution`: the run that has scheduled the call. */
export type ServerTimes = Pick<Info, 'scheduledTimestampMs' | 'currentAttemptScheduledTimestampMs'> &
  Partial<Pick<Info, 'heartbeatDetails' | 'workflowExecution' | 'attempt'>>;

/** The times of a call's first attempt, scheduled now by a server whose clock is `aheadMs` ahead of this process's clock. */
export function scheduledNow(aheadMs = 0): ServerTimes {
  const now = Date.now() + aheadMs;
  return { scheduledTimestampMs: now, currentAttemptScheduledTimestampMs: now };
}

/**
 * `client`: the part of Temporal's client that the activity uses. `signal`: fires if the activity is cancelled. `cancellation`: holds what the SDK says of
 * the cancel.
 */
export function inActivity<T>(
  times: ServerTimes,
  run: () => Promise<T>,
  client?: unknown,
  { signal } = new AbortController(),
  cancellation: { details?: unknown } = {},
): Promise<T> {
  const never = new Promise<never>(() => undefined);
  const info = { attempt: 1, ...times } as Info;
  const unused = undefined as never;
  const silent = { warn: () => undefined } as unknown as Logger;
  return asyncLocalStorage.run(
    new Context(
      info,
      never,
      signal,
      () => undefined,
      client as never,
      silent,
      unused,
      cancellation as object,
    ),
    run,
  );
}

/** The part of Temporal's client that wakes the gateways that wait for another one. */
export function clientThat(wake: (workflowId: string) => Promise<void> | void) {
  return {
    workflow: { getHandle: (workflowId: string) => ({ signal: async () => wake(workflowId) }) },
  };
}
