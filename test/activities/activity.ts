/** Runs an activity's code as a worker does, with the times that Temporal's server gives it. */
import { Context, asyncLocalStorage } from '@temporalio/activity';
import type { Info } from '@temporalio/activity';

export type ServerTimes = Pick<Info, 'scheduledTimestampMs' | 'currentAttemptScheduledTimestampMs'>;

/** The first attempt of a call that a server schedules now, whose clock is so many ms ahead of this process's clock. */
export function scheduledNow(aheadMs = 0): ServerTimes {
  const now = Date.now() + aheadMs;
  return { scheduledTimestampMs: now, currentAttemptScheduledTimestampMs: now };
}

/** `client`: what of Temporal's client the activity uses. */
export function inActivity<T>(times: ServerTimes, run: () => Promise<T>, client?: unknown): Promise<T> {
  const never = new Promise<never>(() => undefined);
  const info = { attempt: 1, ...times } as Info;
  const unused = undefined as never;
  const { signal } = new AbortController();
  return asyncLocalStorage.run(
    new Context(info, never, signal, () => undefined, client as never, unused, unused, {}),
    run,
  );
}

/** Of Temporal's client only what wakes the gateways that wait for another one. */
export function clientThat(wake: (workflowId: string) => Promise<void> | void) {
  return {
    workflow: { getHandle: (workflowId: string) => ({ signal: async () => wake(workflowId) }) },
  };
}
