/**
 * The last look of a run. If a newer version is wanted, the workflow goes on with it as `applyGateway`, whatever its type was, and carries along
 * how the versions before it ended. Otherwise the run ends with its own result or failure.
 */
import { ApplicationFailure, isCancellation, makeContinueAsNewFunc } from '@temporalio/workflow';
import { CARRIED_SCHEMAS } from '../gateway/carried.ts';
import { LENGTHS, oneLine } from '../gateway/display.ts';
import { FAILURES } from '../gateway/failures.ts';
import { APPLY_GATEWAY } from '../gateway/messages.ts';
import { ENDS_LIMIT } from '../gateway/plan.ts';
import type { GatewayRequest, GatewayResult, PlanInput, Superseding, VersionEnd } from '../gateway/plan.ts';
import { readRequest } from '../gateway/request.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { BY_CURRENT_VERSION } from './continuing.ts';
import type { Ended } from './ends.ts';
import { failureIn, failureTypeOf, reasonOf } from './reason.ts';
import { tellEnd } from './sinks.ts';
import type { Wanted } from './wanted.ts';

/** Returns the run's own result, or throws its failure, with how the versions before it ended. */
export function ownEnd(ended: Ended, ends: readonly VersionEnd[]): GatewayResult {
  if (ended.kind === 'made') return ends.length === 0 ? ended.result : { ...ended.result, ends };
  const { error } = ended;
  const failure = failureIn(error);
  // A workflow that was cancelled has no details.
  if (ends.length === 0 || isCancellation(error) || failure === undefined) throw error;
  throw ApplicationFailure.create({
    type: failure.type,
    message: (error as Error).message,
    nonRetryable: true,
    details: [{ ...failure, ends }],
  });
}

type CarriedOver = Omit<Superseding, 'superseding' | 'schema'>;

/** Ends the run; another one of the same workflow goes on with what the configuration has then. */
export function goOn({ resourceType, resourceId }: GatewayRef, carried: CarriedOver): Promise<never> {
  return asNew({ resourceType, resourceId }, carried);
}

/** Ends the run; another one of the same workflow goes on with the same request, and with the wait. */
export function goOnWaiting(
  { action: _action, replaces: _replaces, waited: _waited, ...request }: PlanInput,
  carried: CarriedOver,
): Promise<never> {
  return asNew(request, carried);
}

function asNew(request: GatewayRequest, carried: CarriedOver): Promise<never> {
  const next = makeContinueAsNewFunc<
    (input: GatewayRequest, superseding: Superseding) => Promise<GatewayResult>
  >({ workflowType: APPLY_GATEWAY, ...BY_CURRENT_VERSION });
  const schema = CARRIED_SCHEMAS['newer version'];
  return next(request, { superseding: true, schema, ...carried });
}

/**
 * The end of a run whose request can't be read. Whoever has signalled meanwhile has asked for the gateway of this workflow id by a request of his own.
 * Then the workflow goes on for him.
 */
export async function refuse(error: unknown, workflowId: string, wanted: Wanted): Promise<never> {
  const [resourceType = '', resourceId = ''] = workflowId.split(':');
  const read = readRequest({ resourceType, resourceId });
  // A signal of the first task may be delivered after the beginning of the run.
  await Promise.resolve();
  const isServed = wanted.isRung && read.kind === 'request' && workflowIdOf(read.request) === workflowId;
  if (!isServed) {
    const gateway = { resourceType, resourceId, version: null };
    tellEnd({ progress: { gateway, name: null } }, undefined, { kind: 'failed', error });
    throw error;
  }
  return goOn(read.request, { ends: [], searchAttributes: [] });
}

/**
 * The ends of the versions before this one, and of this one. `version`: `null` if the request led to no version. `newer`: the version with which the
 * workflow goes on.
 */
export function endsWith(
  before: readonly VersionEnd[],
  version: number | null,
  ended: Ended,
  newer: number,
): readonly VersionEnd[] {
  if (version === null) return before;
  return [...before, endOf(version, ended, newer)].slice(-ENDS_LIMIT);
}

function endOf(version: number, ended: Ended, newer: number): VersionEnd {
  if (ended.kind === 'made') return { version, outcome: ended.result.outcome };
  const type = failureTypeOf(ended.error);
  const error = oneLine(reasonOf(ended.error));
  const left = failureIn(ended.error)?.compensation ?? [];
  const isSuperseded = type === FAILURES.Superseded;
  return {
    version,
    outcome: isSuperseded ? 'superseded' : 'failed',
    error,
    type,
    ...(isSuperseded && { by: newer }),
    ...(left.length > 0 && { notReverted: oneLine(left.join('; '), LENGTHS.reason) }),
  };
}
