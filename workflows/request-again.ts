/** Sends a request again if no answer comes, or if the pair was full. */
import { ActivityFailure, sleep, TimeoutFailure } from '@temporalio/workflow';
import { RetryState } from '@temporalio/common';
import type { LastAnswer, PairAnswer, Ticket } from '../pair/messages.ts';
import { PAIR_TIMES } from '../pair/times.ts';
import { ACTIVITY_TIMES } from '../gateway/policies.ts';

/**
 * Sends a request, and sends it again if no answer came in time: the pair may have been terminated, or the worker may have died before it sent the
 * request. For each further answer the saga waits twice as long as before. So a lost request at most doubles the waiting time, and thousands of requests
 * in a long queue are not sent again all the time. A request that is sent again counts as a new one. Otherwise a pair that remembers a later request of
 * this saga, from before a reset, would ignore it for ever.
 *
 * If the pair is full, the saga waits at the door, and then sends the request again with the ticket that it got. A cancel ends this wait.
 *
 * @param noteDoor told the ticket before each wait at the door, and `null` before each request that follows
 */
export async function untilAnswered(
  send: (waitMs: number, ticket: Ticket | null, isAgain: boolean) => Promise<PairAnswer>,
  noteDoor: (ticket: Ticket | null) => void,
): Promise<LastAnswer> {
  let waitMs: number = ACTIVITY_TIMES.request.startToCloseTimeout;
  let isAgain = false;
  for (let ticket: Ticket | null = null; ;) {
    try {
      const answer = await send(waitMs, ticket, isAgain);
      if (answer.kind !== 'full') return answer;
      ticket = answer.ticket;
      noteDoor(ticket);
      await sleep(answer.againMs);
      noteDoor(null);
      waitMs = ACTIVITY_TIMES.request.startToCloseTimeout;
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      isAgain = true;
      waitMs = Math.min(2 * waitMs, PAIR_TIMES.requestAgainMaxMs);
    }
  }
}

/** Whether the request's time was over: during an attempt, or before the next one. */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  return error.cause instanceof TimeoutFailure || error.retryState === RetryState.TIMEOUT;
}
