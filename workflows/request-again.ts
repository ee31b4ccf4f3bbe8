/** How long an ask waits for its answer, and what comes then. */
import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import { RetryState } from '@temporalio/common';
import { PAIR_TIMES } from '../pair/times.ts';
import { ACTIVITY_TIMES } from '../gateway/policies.ts';

/**
 * Asks, and asks the same again when there was no answer for so long: the pair may be gone, or whoever was to ask it. Each time it waits
 * twice as long as before, so that whoever asks in vain loses no more than it has waited already, and thousands that wait their turn
 * don't spend all of it on asking.
 */
export async function untilAnswered<T>(ask: (waitMs: number) => Promise<T>): Promise<T> {
  let waitMs: number = ACTIVITY_TIMES.request.startToCloseTimeout;
  for (;;) {
    try {
      return await ask(waitMs);
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      waitMs = Math.min(2 * waitMs, PAIR_TIMES.requestAgainMaxMs);
    }
  }
}

/** Its time was over: while it waited, or while it was about to be tried again. */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  return error.cause instanceof TimeoutFailure || error.retryState === RetryState.TIMEOUT;
}
