import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { RetryState } from '@temporalio/common';
import { FAILURES } from '../gateway/failures.ts';
import type { FailureType } from '../gateway/failures.ts';

/** The failure that lies at the bottom of what a step threw. */
function rootOf(error: unknown): unknown {
  return error instanceof ActivityFailure && error.cause !== undefined ? error.cause : error;
}

/** A step ended because it was cancelled: in the middle, or when it would have been tried again. */
export function isCancelled(error: unknown): boolean {
  const notTriedAgain = error instanceof ActivityFailure && error.retryState === RetryState.CANCEL_REQUESTED;
  return notTriedAgain || isCancellation(error);
}

/** One line for a person: why a step failed. */
export function reasonOf(error: unknown): string {
  if (isCancelled(error)) return 'cancelled';
  const root = rootOf(error);
  return root instanceof Error ? root.message : String(root);
}

/** The same with what of the undo failed. */
export function withUndo(reason: string, failed: readonly string[]): string {
  return failed.length === 0 ? reason : `${reason}; undo failed: ${failed.join('; ')}`;
}

/** The type by which programs tell failures from another. */
export function failureTypeOf(error: unknown): FailureType {
  if (isCancelled(error)) return FAILURES.Cancelled;
  const root = rootOf(error);
  const type = root instanceof ApplicationFailure ? root.type : undefined;
  return Object.values(FAILURES).find((known) => known === type) ?? FAILURES.Internal;
}
