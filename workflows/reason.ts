import { ActivityFailure, ApplicationFailure, CancelledFailure, isCancellation } from '@temporalio/workflow';
import { RetryState } from '@temporalio/common';
import { LENGTHS, oneLine } from '../gateway/display.ts';
import { FAILURES } from '../gateway/failures.ts';
import type { FailureType } from '../gateway/failures.ts';
import type { GatewayFailure } from '../gateway/messages.ts';

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
  if (isCancelled(error)) return cancelText(error);
  const root = rootOf(error);
  return oneLine(root instanceof Error ? root.message : String(root), LENGTHS.message);
}

/** `cancelled: wrong VLAN (alice@jump-host)`; only `cancelled` if nobody gave a reason, or if only an activity tells of the cancel. */
function cancelText(error: unknown): string {
  const given = error instanceof CancelledFailure ? error.details?.[0] : undefined;
  return typeof given === 'string' ? `cancelled: ${given}` : 'cancelled';
}

/** The reason, and after it the undos that failed. If the whole is too long for `/state`, each of the two parts is cut, so that both can be read. */
export function withUndo(reason: string, failed: readonly string[]): string {
  if (failed.length === 0) return reason;
  const between = '; undo failed: ';
  const undo = failed.join('; ');
  const whole = `${reason}${between}${undo}`;
  if (whole === oneLine(whole)) return whole;
  const half = Math.floor((LENGTHS.reason - between.length) / 2);
  return `${oneLine(reason, half)}${between}${oneLine(undo, half)}`;
}

/** The type by which programs tell failures apart. */
export function failureTypeOf(error: unknown): FailureType {
  if (isCancelled(error)) return FAILURES.Cancelled;
  const root = rootOf(error);
  const type = root instanceof ApplicationFailure ? root.type : undefined;
  return Object.values(FAILURES).find((known) => known === type) ?? FAILURES.Internal;
}

/** The details of the saga's own failure. `undefined`: it has none. */
export function failureIn(error: unknown): GatewayFailure | undefined {
  if (!(error instanceof ApplicationFailure)) return undefined;
  return error.details?.[0] as GatewayFailure | undefined;
}
