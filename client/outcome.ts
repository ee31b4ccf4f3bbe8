/** How a change ended, read from the workflow's result or failure. */
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { FAILURES, type FailureType } from '../gateway/failures.ts';
import type { GatewayFailure } from '../gateway/messages.ts';
import type { GatewayResult, SuccessWord } from '../gateway/plan.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { RequestedAction } from './request.ts';

/** A change that was made. */
export interface MadeOutcome {
  readonly kind: SuccessWord;
  /** The version that was made, or whose configuration asked for the deletion. */
  readonly gateway: GatewayVersion;
  /** The version had ended in this way before; nothing was touched now. */
  readonly alreadyEnded: boolean;
  /** The VRRP state that was seen on each router. Absent if nothing was touched now. */
  readonly routers?: GatewayResult['routers'];
  /**
   * For a deletion that was made on one router only: the other router, and whether it owes the removal, or the removal was dropped because that router
   * is retired. Absent: the change was made on both routers.
   */
  readonly owed?: GatewayResult['owed'];
}

/** Both routers carry the gateway, and `/state` says so. */
export interface CreatedOutcome extends MadeOutcome {
  readonly kind: 'created';
  /** Of `GatewayClient.create`: how the version was made, if not by a creation. Absent: it was created. */
  readonly was?: 'updated' | 'unchanged';
}

/** Both routers carry the gateway as this version has it, in place of what stood before, and `/state` says so. */
export interface UpdatedOutcome extends MadeOutcome {
  readonly kind: 'updated';
}

/** Both routers carried already what this version asks for. They were only looked at, and `/state` has the version. */
export interface UnchangedOutcome extends MadeOutcome {
  readonly kind: 'unchanged';
}

/** Neither router carries anything of the gateway, unless `owed` names a router that still does, and `/state` says that the gateway is deleted. */
export interface DeletedOutcome extends MadeOutcome {
  readonly kind: 'deleted';
}

/** The change was not made. */
export interface FailedOutcome {
  readonly kind: 'failed';
  /** One of `FAILURES`: by it a program decides what to do next. */
  readonly type: FailureType;
  /** For a person, one line. */
  readonly message: string;
  /** `null` if the request could not be tied to a configuration and version. */
  readonly gateway: GatewayVersion | null;
  /** What is not reverted, or not known to be reverted, one line each. Empty: both routers are as they were before the change. */
  readonly compensation: readonly string[];
}

/** Somebody cancelled the change. It was reverted, except for what `compensation` names. */
export interface CancelledOutcome {
  readonly kind: 'cancelled';
  readonly message: string;
  /**
   * Why the change was cancelled, and by whom, as the person gave it: `wrong VLAN (alice@jump-host)`. Absent: nobody gave a reason, or the reason can't
   * be read any more.
   */
  readonly reason?: string;
  readonly gateway: GatewayVersion | null;
  /** As in `FailedOutcome`. */
  readonly compensation: readonly string[];
}

/**
 * A newer version took the place of this one: it was given up for the newer one and reverted, or never begun. How the newer one ended is
 * another outcome.
 */
export interface SupersededOutcome {
  readonly kind: 'superseded';
  readonly gateway: GatewayVersion;
  /** The newer version. */
  readonly by: number;
  readonly message: string;
  /** As in `FailedOutcome`. */
  readonly compensation: readonly string[];
}

/** How a creation ended. `kind` tells the three apart. */
export type GatewayOutcome = CreatedOutcome | FailedOutcome | CancelledOutcome;

/** How a change ended, whichever it was. `kind` tells the ends apart. */
export type ChangeOutcome =
  GatewayOutcome | UpdatedOutcome | UnchangedOutcome | DeletedOutcome | SupersededOutcome;

/**
 * Whether a change came out as it was asked for. A creation and an update ask that the gateway stands as its configuration has it. A deletion asks that
 * it does not stand. `apply` asks for whichever of these the configuration asks for. A cancel asks that the change is not made.
 */
export function isAsAsked(asked: RequestedAction | 'cancel', { kind }: Pick<ChangeOutcome, 'kind'>): boolean {
  if (asked === 'cancel') return kind === 'cancelled';
  if (kind === 'failed' || kind === 'cancelled' || kind === 'superseded') return false;
  return asked === 'apply' || (asked === 'delete') === (kind === 'deleted');
}

/**
 * The outcome for a program that asked for a creation. A version that an update has made stands as well as one that a creation has made, and `/state`
 * has the same words for both: so it counts as created. A deletion and a version that was superseded count as failed.
 */
export function creationOutcome(outcome: ChangeOutcome): GatewayOutcome {
  switch (outcome.kind) {
    case 'updated':
    case 'unchanged':
      return { ...outcome, kind: 'created', was: outcome.kind };
    case 'deleted':
      return {
        kind: 'failed',
        type: FAILURES.InvalidRequest,
        message: `create: expected a configuration that is not marked for deletion, got version ${outcome.gateway.version}, by which the gateway was deleted`,
        gateway: outcome.gateway,
        compensation: [],
      };
    case 'superseded': {
      const { gateway, message, compensation } = outcome;
      return { kind: 'failed', type: FAILURES.Superseded, message, gateway, compensation };
    }
    default:
      return outcome;
  }
}

/** The outcome for a program that asked for any other change. */
export function asItIs(outcome: ChangeOutcome): ChangeOutcome {
  return outcome;
}

export function outcomeOfResult(result: GatewayResult): Exclude<ChangeOutcome, { message: string }> {
  const { resourceType, resourceId, version, outcome, alreadyEnded, routers, owed } = result;
  return {
    kind: outcome,
    gateway: { resourceType, resourceId, version },
    alreadyEnded,
    ...(routers && { routers }),
    ...(owed && { owed }),
  };
}

/**
 * The outcome of a run whose `handle.result()` was rejected with this error; `null` if the error is about something else (no server, no such
 * workflow). `reason`: why it was cancelled, where that is known.
 */
export function outcomeOfError(error: unknown, reason?: string): FailedOutcome | CancelledOutcome | null {
  if (!(error instanceof WorkflowFailedError)) return null;
  const { cause } = error;
  const why = reason === undefined ? '' : `: ${reason}`;
  if (cause instanceof CancelledFailure)
    return cancelled(`by an operator${why}; what had been done was undone`, cause.details?.[0], reason);
  if (cause instanceof ApplicationFailure) {
    const detail = cause.details?.[0];
    if (cause.type === FAILURES.Cancelled) return cancelled(cause.message, detail, reason);
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
      `the workflow ${how}: its router pair reverts the change, or keeps it if it was confirmed, and says which in /state; if the pair was terminated too, start the change again`,
    ],
  };
}

function cancelled(message: string, detail: unknown, reason: string | undefined): CancelledOutcome {
  const failure = failureIn(detail);
  return {
    kind: 'cancelled',
    message: failure?.message ?? message,
    ...(reason !== undefined && { reason }),
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

export function isFailureType(type: unknown): boolean {
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
