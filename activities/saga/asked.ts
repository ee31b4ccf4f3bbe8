/** What a gateway's configuration asks for. It depends on the configuration itself, on `/state` and on the plan record. */
import type { Action } from '../../gateway/change.ts';
import { LENGTHS, oneLine } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { FailureType } from '../../gateway/failures.ts';
import { WORKFLOWS } from '../../gateway/messages.ts';
import type { PlanInput, Unplanned } from '../../gateway/plan.ts';
import { isRecord } from '../../gateway/resource.ts';
import type { GatewayVersion, Lookup } from '../../gateway/resource.ts';
import { StoreCorruptError } from '../../etcd/errors.ts';
import { isKept, isKeptAt, standingOf } from '../../etcd/plan-record.ts';
import type { PlanRecord, Standing } from '../../etcd/plan-record.ts';
import { hasEnded, isFailure, isStanding } from '../../etcd/state.ts';
import type { StateFacts } from '../../etcd/state.ts';

/** What etcd has of the gateway. */
export interface GatewayFacts {
  readonly found: Lookup;
  readonly state: StateFacts | undefined;
  /** The plan record; the error says why it can't be read. */
  readonly record: PlanRecord | StoreCorruptError | undefined;
}

export interface AskedChange {
  readonly kind: 'asked';
  readonly gateway: GatewayVersion;
  readonly action: Action;
  /** `undefined`: nothing stands. */
  readonly standing: Standing | undefined;
  /** As the plan has it. */
  readonly replaces: string | undefined;
}

/** An answer that depends on no kind. `undefined`: there is none. `key`: of the configuration. */
export function answeredAlready(request: PlanInput, key: string, facts: GatewayFacts): Unplanned | undefined {
  const { found, state } = facts;
  // This version may have ended, which answers any other request. But it is not marked for deletion, so it was not deleted.
  if (request.action === 'delete' && isRecord(found) && !found.markedForDeletion)
    return refused(FAILURES.InvalidRequest, `${key}: field "marked_for_deletion": expected true, got false`);
  return state !== undefined && state.version === request.version && isAnswered(request, state)
    ? ended(request, state.version, state, facts)
    : undefined;
}

export function askedFor(request: PlanInput, key: string, facts: GatewayFacts): AskedChange | Unplanned {
  const { found, state, record } = facts;
  const version = isRecord(found) || found.kind === 'malformed' ? found.version : undefined;
  if (version === undefined) {
    const problem = 'reason' in found ? found.reason : "expected a gateway's configuration, got nothing";
    return refused(FAILURES.NotFound, `${key}: ${problem}`);
  }
  if (request.version !== undefined && request.version !== version)
    return refused(
      FAILURES.InvalidRequest,
      `version: expected ${version}, which ${key} has, got ${request.version}`,
    );
  if (state?.version === version && isAnswered(request, state)) return ended(request, version, state, facts);
  if (state !== undefined && state.version !== null && state.version > version)
    return refused(
      FAILURES.Superseded,
      `${key} has version ${version}, but /state has version ${state.version} already`,
    );
  const { resourceType, resourceId } = request;
  const gateway = { resourceType, resourceId, version };
  const known = readableRecord(record);
  if (known !== undefined && isKeptAt(known, gateway)) return { kind: 'kept', gateway, action: known.action };
  const standing = standingOf(known);
  // If the record can't be read, nobody knows what the gateway has on its routers, so it can be neither changed nor removed. If nothing stands,
  // registering finds that the record can't be read, and `/state` says so.
  if (record instanceof StoreCorruptError && isStanding(state))
    return refused(FAILURES.StoreCorrupt, record.message);
  // A deletion that is kept and not published leaves nothing, whatever `/state` says.
  if (standing === undefined && !isKept(known) && isStanding(state))
    return refused(
      FAILURES.NotSupported,
      `${key} stands at version ${state?.version} (${state?.workerState || 'unknown state'}), and gateway-saga has no record of it: it was made by another system, or its record is lost; nothing was touched`,
    );
  const isDeletion = isRecord(found) && found.markedForDeletion;
  const action = isDeletion ? 'delete' : standing === undefined ? 'create' : 'update';
  if (request.action !== undefined && request.action !== action)
    return refused(FAILURES.InvalidRequest, otherAction(key, request.action, action));
  const replaces = state !== undefined && isFailure(state, version) ? state.revision : undefined;
  return { kind: 'asked', gateway, action, standing, replaces };
}

/** Whether the outcome of its version in `/state` answers the request. A person may ask for another attempt at a version that has failed. */
function isAnswered({ again, replaces }: PlanInput, state: StateFacts): boolean {
  if (state.version === null) return false;
  const replaced = again === true && replaces === undefined ? state.revision : replaces;
  return hasEnded(state, state.version, replaced);
}

/** The record; `undefined` also if it can't be read, because then it says nothing. */
export function readableRecord(record: GatewayFacts['record']): PlanRecord | undefined {
  return record instanceof StoreCorruptError ? undefined : record;
}

export function refused(type: FailureType, reason: string): Unplanned {
  return { kind: 'refused', type, reason: oneLine(reason, LENGTHS.message) };
}

function ended(
  { resourceType, resourceId }: PlanInput,
  version: number,
  state: StateFacts,
  { record }: GatewayFacts,
): Unplanned {
  const { workerState, error } = state;
  const known = readableRecord(record);
  const action = known?.gateway.version === version ? known.action : actionIn(state);
  return {
    kind: 'ended',
    ended: { gateway: { resourceType, resourceId, version }, action, workerState, error },
  };
}

/** What became of a version, by `/state` alone. */
function actionIn({ workerState }: StateFacts): Action {
  if (workerState.startsWith('DELETE')) return 'delete';
  return workerState.startsWith('MODIFY') ? 'update' : 'create';
}

/** For a person who started the workflow of one action, while the configuration asks for another one. */
function otherAction(key: string, asked: Action, action: Action): string {
  const what = {
    create: 'nothing of it stands on the routers, so it is to be created',
    update: 'it stands on the routers at an older version, so it is to be updated',
    delete: 'it is marked for deletion',
  }[action];
  return `${asked}: expected ${action} for ${key} (${what}); start ${WORKFLOWS[action]} (gateway-saga ${action}), or applyGateway (gateway-saga apply), which does what the configuration asks for`;
}
