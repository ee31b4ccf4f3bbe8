import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { RetryState } from '@temporalio/common';
import { FAILURES } from '../gateway/failures.ts';
import type { FailureType } from '../gateway/failures.ts';

/** The cause of an activity's failure. Any other error is its own cause. */
function rootOf(error: unknown): unknown {
  return error instanceof ActivityFailure && error.cause !== undefined ? error.cause : error;
}

/** Whether a cancel ended the step: during an attempt, or before the next one. */
export function isCancelled(error: unknown): boolean {
  const endedBetweenAttempts =
    error instanceof ActivityFailure && error.retryState === RetryState.CANCEL_REQUESTED;
  return endedBetweenAttempts || isCancellation(error);
}

/** One line for a person: why a step failed. */
export function reasonOf(error: unknown): string {
  if (isCancelled(error)) return 'cancelled';
  const root = rootOf(error);
  return root instanceof Error ? root.message : String(root);
}

/** The reason, and after it the undos that failed. */
export function withUndo(reason: string, failed: readonly string[]): string {
  return failed.length === 0 ? reason : `${reason}; undo failed: ${failed.join('; ')}`;
}

/** The type by which programs tell failures apart. */
export function failureTypeOf(error: unknown): FailureType {
  if (isCancelled(error)) return FAILURES.Cancelled;
  const root = rootOf(error);
  const type = root instanceof ApplicationFailure ? root.type : undefined;
  return Object.values(FAILURES).find((known) => known === type) ?? FAILURES.Internal;
}
