/** Sends a request again if no answer comes. */
import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import { RetryState } from '@temporalio/common';
import { PAIR_TIMES } from '../pair/times.ts';
import { ACTIVITY_TIMES } from '../gateway/policies.ts';

/**
 * Sends a request, and sends it again if no answer came in time: the pair may have been terminated, or the worker may have died before it
 * sent the request. Each time it waits twice as long as before. So a lost request at most doubles the waiting time, and thousands of
 * requests in a long queue are not sent again all the time.
 */
export async function untilAnswered<T>(send: (waitMs: number) => Promise<T>): Promise<T> {
  let waitMs: number = ACTIVITY_TIMES.request.startToCloseTimeout;
  for (;;) {
    try {
      return await send(waitMs);
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      waitMs = Math.min(2 * waitMs, PAIR_TIMES.requestAgainMaxMs);
    }
  }
}

/** Whether the request's time was over: during an attempt, or before the next one. */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  return error.cause instanceof TimeoutFailure || error.retryState === RetryState.TIMEOUT;
}
