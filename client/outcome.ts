/** How a creation ended, read from the workflow's result or failure. */
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { FAILURES, type FailureType } from '../gateway/failures.ts';
import type { GatewayFailure } from '../gateway/messages.ts';
import type { GatewayResult } from '../gateway/plan.ts';
import type { GatewayVersion } from '../gateway/resource.ts';

/** Both routers carry the gateway, and `/state` says so. */
export interface CreatedOutcome {
  readonly kind: 'created';
  readonly gateway: GatewayVersion;
  /** This version had been created before; nothing was touched now. */
  readonly alreadyEnded: boolean;
  /** The VRRP state that the creation saw on each router. Absent if nothing was touched now. */
  readonly routers?: GatewayResult['routers'];
}

/** The gateway was not created. */
export interface FailedOutcome {
  readonly kind: 'failed';
  /** One of `FAILURES`: by it a program decides what to do next. */
  readonly type: FailureType;
  /** For a person, one line. */
  readonly message: string;
  /** `null` if the request could not be tied to a configuration and version. */
  readonly gateway: GatewayVersion | null;
  /** What is not reverted, or not known to be reverted, one line each. Empty: both routers are without the gateway. */
  readonly compensation: readonly string[];
}

/** Somebody cancelled the creation, and the gateway was reverted. */
export interface CancelledOutcome {
  readonly kind: 'cancelled';
  readonly message: string;
  readonly gateway: GatewayVersion | null;
  /** As in `FailedOutcome`. */
  readonly compensation: readonly string[];
}

/** How a creation ended. `kind` tells the three apart. */
export type GatewayOutcome = CreatedOutcome | FailedOutcome | CancelledOutcome;

export function outcomeOfResult(result: GatewayResult): CreatedOutcome {
  const { resourceType, resourceId, version, alreadyEnded, routers } = result;
  return {
    kind: 'created',
    gateway: { resourceType, resourceId, version },
    alreadyEnded,
    ...(routers && { routers }),
  };
}

/** The outcome of a run whose `handle.result()` was rejected with this error; `null` if the error is about something else (no server, no such workflow). */
export function outcomeOfError(error: unknown): FailedOutcome | CancelledOutcome | null {
  if (!(error instanceof WorkflowFailedError)) return null;
  const { cause } = error;
  if (cause instanceof CancelledFailure)
    return cancelled('by an operator; what had been done was undone', cause.details?.[0]);
  if (cause instanceof ApplicationFailure) {
    const detail = cause.details?.[0];
    if (cause.type === FAILURES.Cancelled) return cancelled(cause.message, detail);
    return failed(cause, detail);
  }
  // Terminated, or timed out by the server: the saga itself had no chance to revert anything.
  const how = cause instanceof TerminatedFailure ? 'was terminated' : 'was ended by the server';
  return {
    kind: 'failed',
    type: FAILURES.Internal,
    message: `the workflow ${how}: ${cause?.message ?? error.message}`,
    gateway: null,
    compensation: [
      `the workflow ${how}: its router pair reverts the gateway, or keeps it if it was confirmed, and says which in /state; if the pair was terminated too, start the creation again`,
    ],
  };
}

function cancelled(message: string, detail: unknown): CancelledOutcome {
  const failure = failureIn(detail);
  return {
    kind: 'cancelled',
    message: failure?.message ?? message,
    gateway: failure?.gateway ?? null,
    compensation: failure?.compensation ?? [],
  };
}

function failed(cause: ApplicationFailure, detail: unknown): FailedOutcome {
  const failure = failureIn(detail);
  const message = failure?.message ?? cause.message;
  const known = isFailureType(cause.type);
  return {
    kind: 'failed',
    type: known ? (cause.type as FailureType) : FAILURES.Internal,
    message: known ? message : `${message} (unknown failure type ${JSON.stringify(cause.type ?? null)})`,
    gateway: failure?.gateway ?? null,
    compensation: failure?.compensation ?? [],
  };
}

function isFailureType(type: unknown): boolean {
  return Object.values<unknown>(FAILURES).includes(type);
}

/** A worker of another version may send no details, or others. */
function failureIn(detail: unknown): Pick<GatewayFailure, 'gateway' | 'message' | 'compensation'> | null {
  if (typeof detail !== 'object' || detail === null) return null;
  const { message, gateway, compensation } = detail as Partial<GatewayFailure>;
  if (typeof message !== 'string') return null;
  return {
    message,
    gateway: gateway ?? null,
    compensation: Array.isArray(compensation) ? compensation.map(String) : [],
  };
}
