/** Which of the versions that a workflow has worked on is the one that was asked for, and how that one ended. */
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../gateway/failures.ts';
import type { GatewayRequest, VersionEnd } from '../gateway/plan.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import { isFailureType, type ChangeOutcome, type SupersededOutcome } from './outcome.ts';

/** How the versions before the last one ended, by a workflow's result, or by the error of one that failed. */
export function endsIn(end: unknown): readonly VersionEnd[] {
  const told = end instanceof WorkflowFailedError ? detailsOf(end.cause) : end;
  if (typeof told !== 'object' || told === null) return [];
  const { ends } = told as { readonly ends?: unknown };
  return Array.isArray(ends) ? (ends as readonly VersionEnd[]) : [];
}

function detailsOf(cause: unknown): unknown {
  return cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
}

/**
 * The outcome of the version that was asked for. `last`: the outcome of the workflow's last version; if no version was asked for, this is the answer. If
 * the workflow tells nothing of the version, but has come to a newer one, the version was superseded before it was begun.
 */
export function outcomeOfVersion(
  { resourceType, resourceId, version }: GatewayRequest,
  last: ChangeOutcome,
  ends: readonly VersionEnd[],
): ChangeOutcome {
  if (version === undefined || last.gateway?.version === version) return last;
  const gateway = { resourceType, resourceId, version };
  const end = ends.findLast((one) => one.version === version);
  if (end !== undefined) return outcomeOfEnd(gateway, end);
  const newest = last.gateway?.version ?? ends.at(-1)?.version ?? version;
  return newest > version ? superseded(gateway, newest) : last;
}

function outcomeOfEnd(gateway: GatewayVersion, end: VersionEnd): ChangeOutcome {
  const { outcome, error: message = outcome, type, by, notReverted } = end;
  const compensation = notReverted === undefined ? [] : [notReverted];
  switch (outcome) {
    case 'superseded':
      return superseded(gateway, by ?? gateway.version + 1, { message, compensation });
    case 'failed':
      return {
        kind: 'failed',
        type: type !== undefined && isFailureType(type) ? type : FAILURES.Internal,
        message,
        gateway,
        compensation,
      };
    case 'cancelled':
      return { kind: 'cancelled', message, gateway, compensation };
    default:
      return { kind: outcome, gateway, alreadyEnded: false };
  }
}

function superseded(
  gateway: GatewayVersion,
  by: number,
  told: Partial<Pick<SupersededOutcome, 'message' | 'compensation'>> = {},
): SupersededOutcome {
  return {
    kind: 'superseded',
    gateway,
    by,
    message: `superseded by version ${by}`,
    compensation: [],
    ...told,
  };
}
