/**
 * Reads a gateway and everything it refers to at one etcd revision, and renders the configuration for each router. Writes nothing. The
 * `plan` command uses this as well.
 */
import { LENGTHS, oneLine } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { FailureType } from '../../gateway/failures.ts';
import type { LoadedKind, Parameter } from '../../gateway/kind.ts';
import type { CreateGatewayInput, Unplanned } from '../../gateway/plan.ts';
import { resolve } from '../../gateway/resolve.ts';
import { isRecord, pluralOf } from '../../gateway/resource.ts';
import type { ResourceRef, Role } from '../../gateway/resource.ts';
import { problemText } from '../../gateway/validate.ts';
import type { StateFacts } from '../../etcd/state.ts';
import type { Store } from '../../etcd/store.ts';
import { KindError, ParameterError, TemplateError } from '../../templates/errors.ts';
import { render } from '../../templates/render.ts';
import { kindOf } from './kinds.ts';
import type { Kinds } from '../dependencies.ts';
import { parameterProblem } from './parameter-problem.ts';
import { problemOfSize } from './preparation.ts';
import type { Preparation } from './preparation.ts';

export type PreparationOutcome = { readonly kind: 'prepared'; readonly preparation: Preparation } | Unplanned;

/** `expected`: the records that an earlier plan was built from; they are read in one request. Throws only if etcd can't be read. */
export async function preparePlan(
  { store, kinds }: { readonly store: Store; readonly kinds: Kinds },
  request: CreateGatewayInput,
  expected: readonly ResourceRef[] = [],
): Promise<PreparationOutcome> {
  const { resourceType, resourceId } = request;
  const key = `/config/v2.0/${pluralOf(resourceType)}/${resourceId}`;
  const snapshot = store.snapshot(expected);
  const [found, state, kind] = await Promise.all([
    snapshot.read({ type: resourceType, id: resourceId }),
    store.state(request),
    kindOf(resourceType, kinds, snapshot).catch(problemOf),
  ]);

  if (state !== undefined && state.version === request.version) return ended(request, state.version, state);
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
    if (state.version === version) return ended(request, version, state);
    if (state.version !== null && state.version > version) {
      return refused(
        FAILURES.Superseded,
        `${key} has version ${version}, but /state has version ${state.version} already`,
      );
    }
    if (!['CREATE_FAILED', 'DELETE_COMPLETED'].includes(state.workerState)) {
      return refused(
        FAILURES.NotSupported,
        `${key} stands at version ${state.version} (${state.workerState || 'unknown state'}): changing it to version ${version} is not supported yet; nothing was touched`,
      );
    }
  }

  const gateway = { resourceType, resourceId, version };
  const invalid = (reason: string): PreparationOutcome => ({
    kind: 'invalid',
    gateway,
    reason: oneLine(reason, LENGTHS.message),
  });
  if ('kind' in found) return invalid(`${key}: ${found.kind === 'malformed' ? found.reason : 'vanished'}`);
  if (found.markedForDeletion)
    return invalid(`${key}: field "marked_for_deletion": expected false, got true`);
  if ('problem' in kind) return invalid(kind.problem);
  const resolved = await resolve(kind.kind, found, (ref) => snapshot.read(ref));
  if (resolved.kind === 'invalid') return invalid(problemText(resolved.problems));
  const rendered = renderBoth(kind, found.ref, [...resolved.provisioning, ...resolved.monitoring]);
  if ('problem' in rendered) return invalid(rendered.problem);
  const preparation: Preparation = {
    ...resolved,
    gateway,
    record: found,
    kind,
    configurations: rendered,
    recordsRead: snapshot.recordsRead,
  };
  const problem = problemOfSize(preparation);
  return problem === undefined ? { kind: 'prepared', preparation } : invalid(problem);
}

function renderBoth(
  { kind }: LoadedKind,
  gateway: ResourceRef,
  parameters: readonly Parameter[],
): Preparation['configurations'] | { readonly problem: string } {
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

function ended(
  { resourceType, resourceId }: CreateGatewayInput,
  version: number,
  { workerState, error }: StateFacts,
): PreparationOutcome {
  const gateway = { resourceType, resourceId, version };
  return { kind: 'ended', ended: { gateway, workerState, error } };
}

function refused(type: FailureType, reason: string): PreparationOutcome {
  return { kind: 'refused', type, reason: oneLine(reason, LENGTHS.message) };
}
