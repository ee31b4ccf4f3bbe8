/**
 * Finds out what a gateway's configuration asks for, reads everything that it refers to at one etcd revision, and renders the configuration
 * for each router. What stands already is taken from the plan record, as it was rendered when it was made permanent. Writes nothing. The `plan`
 * command uses this as well.
 */
import { LENGTHS, oneLine } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { FailureType } from '../../gateway/failures.ts';
import type { LoadedKind, Parameter } from '../../gateway/kind.ts';
import type { Action } from '../../gateway/change.ts';
import { WORKFLOWS } from '../../gateway/messages.ts';
import type { PlanInput, Unplanned } from '../../gateway/plan.ts';
import { resolve } from '../../gateway/resolve.ts';
import { ROLES, isRecord, pluralOf } from '../../gateway/resource.ts';
import type { ResourceRef, Role } from '../../gateway/resource.ts';
import { problemText } from '../../gateway/validate.ts';
import { standingOf } from '../../etcd/plan-record.ts';
import type { PlanRecord, Standing } from '../../etcd/plan-record.ts';
import { isStanding } from '../../etcd/state.ts';
import type { StateFacts } from '../../etcd/state.ts';
import type { Store } from '../../etcd/store.ts';
import { KindError, ParameterError, TemplateError } from '../../templates/errors.ts';
import { render } from '../../templates/render.ts';
import { kindOf } from './kinds.ts';
import type { Kinds } from '../dependencies.ts';
import { parameterProblem } from './parameter-problem.ts';
import { changesTo, prepareDeletion } from './ends.ts';
import { problemOfSize } from './preparation.ts';
import type { Preparation } from './preparation.ts';

export type PreparationOutcome = { readonly kind: 'prepared'; readonly preparation: Preparation } | Unplanned;

/** `expected`: the records that an earlier plan was built from; they are read in one request. Throws only if etcd can't be read. */
export async function preparePlan(
  { store, kinds }: { readonly store: Store; readonly kinds: Kinds },
  request: PlanInput,
  expected: readonly ResourceRef[] = [],
): Promise<PreparationOutcome> {
  const { resourceType, resourceId } = request;
  const key = `/config/v2.0/${pluralOf(resourceType)}/${resourceId}`;
  const snapshot = store.snapshot(expected);
  const [found, state, record, kind] = await Promise.all([
    snapshot.read({ type: resourceType, id: resourceId }),
    store.state(request),
    store.planRecord(request),
    kindOf(resourceType, kinds, snapshot).catch(problemOf),
  ]);
  const ended = (version: number, facts: StateFacts): PreparationOutcome => {
    const gateway = { resourceType, resourceId, version };
    const { workerState, error } = facts;
    const action = record?.gateway.version === version ? record.action : actionIn(facts);
    return { kind: 'ended', ended: { gateway, action, workerState, error } };
  };

  // A version that has ended answers every other request, but it was not deleted.
  if (request.action === 'delete' && isRecord(found) && !found.markedForDeletion)
    return refused(FAILURES.InvalidRequest, `${key}: field "marked_for_deletion": expected true, got false`);
  if (state !== undefined && state.version === request.version) return ended(state.version, state);
  if (kind === undefined) {
    const known = new Set([...kinds.keys(), ...(await store.publishedKinds())]);
    return refused(
      FAILURES.InvalidRequest,
      `resourceType: expected one of ${[...known].sort().join(', ')}, got "${resourceType}"`,
    );
  }
  const version = isRecord(found) || found.kind === 'malformed' ? found.version : undefined;
  if (version === undefined) {
    const problem = 'reason' in found ? found.reason : "expected a gateway's configuration, got nothing";
    return refused(FAILURES.NotFound, `${key}: ${problem}`);
  }
  if (request.version !== undefined && request.version !== version) {
    return refused(
      FAILURES.InvalidRequest,
      `version: expected ${version}, which ${key} has, got ${request.version}`,
    );
  }
  if (state !== undefined) {
    if (state.version === version) return ended(version, state);
    if (state.version !== null && state.version > version) {
      return refused(
        FAILURES.Superseded,
        `${key} has version ${version}, but /state has version ${state.version} already`,
      );
    }
  }

  const gateway = { resourceType, resourceId, version };
  const standing = standingOf(record, state);
  const isDeletion = isRecord(found) && found.markedForDeletion;
  const action = isDeletion ? 'delete' : standing === undefined ? 'create' : 'update';
  // Nobody knows what such a gateway has on its routers, so it can be neither changed nor removed.
  if (standing === undefined && isStanding(state))
    return refused(
      FAILURES.NotSupported,
      `${key} stands at version ${state?.version} (${state?.workerState || 'unknown state'}), and gateway-saga has no record of it: it was made by another system, or its record is lost; nothing was touched`,
    );
  if (request.action !== undefined && request.action !== action)
    return refused(FAILURES.InvalidRequest, otherAction(key, request.action, action));
  const invalid = (reason: string): PreparationOutcome => ({
    kind: 'invalid',
    action,
    gateway,
    reason: oneLine(reason, LENGTHS.message),
  });
  if ('kind' in found) return invalid(`${key}: ${found.kind === 'malformed' ? found.reason : 'vanished'}`);
  const read = (ref: ResourceRef) => snapshot.read(ref);
  const basis = { gateway, action, standing, record: found } as const;
  if (isDeletion && (standing === undefined || record === undefined)) return { kind: 'nothing', gateway };
  if ('problem' in kind) return invalid(kind.problem);
  if (isDeletion && record !== undefined) {
    const preparation = await prepareDeletion(basis, kind, record, read);
    return { kind: 'prepared', preparation: { ...preparation, recordsRead: snapshot.recordsRead } };
  }
  const resolved = await resolve(kind.kind, found, read);
  if (resolved.kind === 'invalid') return invalid(problemText(resolved.problems));
  const rendered = renderBoth(kind, found.ref, [...resolved.provisioning, ...resolved.monitoring]);
  if ('problem' in rendered) return invalid(rendered.problem);
  const moved = standing && record && problemOfRouters(record, resolved.routers);
  if (moved !== undefined) return invalid(`${key}: ${moved}`);
  const preparation: Preparation = {
    ...basis,
    ...resolved,
    kind,
    changes: changesTo(standing, rendered),
    recordsRead: snapshot.recordsRead,
  };
  const problem = problemOfSize(preparation);
  return problem === undefined ? { kind: 'prepared', preparation } : invalid(problem);
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

/** What became of a version, by `/state` alone. */
function actionIn({ workerState }: StateFacts): Action {
  if (workerState.startsWith('DELETE')) return 'delete';
  return workerState.startsWith('MODIFY') ? 'update' : 'create';
}

/** A gateway stays on its routers. Why a configuration asks for other ones; `undefined`: it does not. */
function problemOfRouters({ routers }: PlanRecord, planned: Preparation['routers']): string | undefined {
  const role = ROLES.find((one) => routers[one].id !== planned[one].ref.id);
  if (role === undefined) return undefined;
  return `it stands on edge router ${routers[role].id} as its ${role} router: expected the same, got ${planned[role].ref.id}; delete the gateway and create it anew, or write a version with the routers that it has`;
}

function renderBoth(
  { kind }: LoadedKind,
  gateway: ResourceRef,
  parameters: readonly Parameter[],
): Standing['configurations'] | { readonly problem: string } {
  let role: Role = 'primary';
  try {
    const primary = render(kind, role, parameters);
    role = 'secondary';
    return { primary, secondary: render(kind, role, parameters) };
  } catch (error) {
    if (error instanceof ParameterError)
      return { problem: parameterProblem(error, kind, role, gateway, parameters) };
    return problemOf(error);
  }
}

/** The problem, if the error is about a kind. Throws any other error again. */
function problemOf(error: unknown): { readonly problem: string } {
  if (error instanceof TemplateError || error instanceof KindError) return { problem: error.message };
  throw error;
}

function refused(type: FailureType, reason: string): PreparationOutcome {
  return { kind: 'refused', type, reason: oneLine(reason, LENGTHS.message) };
}
