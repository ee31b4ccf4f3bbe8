/**
 * Finds out what a gateway's configuration asks for, reads everything that it refers to at one etcd revision, and renders the configuration
 * for each router. What stands already is taken from the plan record, as it was rendered when it was made permanent. Writes nothing. The `plan`
 * command uses this as well.
 */
import { LENGTHS, oneLine } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { kindFor, kindsOf } from '../../gateway/kind.ts';
import type { Kind, LoadedKind, Parameter } from '../../gateway/kind.ts';
import type { PlanInput, Unplanned } from '../../gateway/plan.ts';
import { resolve } from '../../gateway/resolve.ts';
import { pluralOf } from '../../gateway/resource.ts';
import type { ResourceRef, Role } from '../../gateway/resource.ts';
import { problemText, validateFields } from '../../gateway/validate.ts';
import { StoreCorruptError, StoreNewerError } from '../../etcd/errors.ts';
import type { Standing } from '../../etcd/plan-record.ts';
import type { Store } from '../../etcd/store.ts';
import { KindError, ParameterError, TemplateError } from '../../templates/errors.ts';
import { render } from '../../templates/render.ts';
import { kindOf, knownTypes } from './kinds.ts';
import type { Kinds } from '../dependencies.ts';
import { parameterProblem } from './parameter-problem.ts';
import { answeredAlready, askedFor, readableRecord, refused } from './asked.ts';
import { changesTo, prepareDeletion } from './ends.ts';
import { RefusedError } from '../refused.ts';
import { concealed } from './secrets.ts';
import { absentParent, parentsIn, problemOfPlace } from './place.ts';
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
  const [found, state, planRecord, kind] = await Promise.all([
    snapshot.read({ type: resourceType, id: resourceId }),
    store.state(request),
    store.planRecord(request).catch(corruptOrThrow),
    kindOf(resourceType, kinds, snapshot).catch(problemOf),
  ]);
  const facts = { found, state, record: planRecord };
  const answered = answeredAlready(request, key, facts);
  if (answered !== undefined) return answered;
  if (kind === undefined) {
    const known = new Set([...kinds.keys(), ...(await store.publishedKinds())]);
    return refused(
      FAILURES.InvalidRequest,
      `resourceType: expected one of ${[...known].sort().join(', ')}, got "${resourceType}"`,
    );
  }
  const asked = askedFor(request, key, facts);
  if (asked.kind !== 'asked') return asked;
  const { gateway, action, standing } = asked;
  const replaces = asked.replaces === undefined ? {} : { replaces: asked.replaces };
  const record = readableRecord(planRecord);
  const invalid = (reason: string): PreparationOutcome => ({
    kind: 'invalid',
    action,
    gateway,
    reason: oneLine(reason, LENGTHS.message),
    ...replaces,
  });
  if ('kind' in found) return invalid(`${key}: ${found.kind === 'malformed' ? found.reason : 'vanished'}`);
  const read = (ref: ResourceRef) => snapshot.read(ref);
  const basis = { gateway, action, standing, ...replaces, record: found } as const;
  const isDeletion = action === 'delete';
  if (isDeletion && standing === undefined) return { kind: 'nothing', gateway, ...replaces };
  if ('problem' in kind) return invalid(kind.problem);
  const known = await knownTypes(kind.kind, kinds, snapshot).catch(problemOf);
  if ('problem' in known) return invalid(known.problem);
  const { schemas } = known;
  const own = kindFor(kind.kind, found.body);
  // The jobs of a deletion have no parameters, if nobody knows any more which variant the gateway is of.
  const plain: LoadedKind<Kind> = { ...kind, kind: own ?? kindsOf(kind.kind)[0] };
  if (isDeletion && record !== undefined) {
    const preparation = await prepareDeletion(basis, plain, record, read, schemas);
    return { kind: 'prepared', preparation: { ...preparation, recordsRead: snapshot.recordsRead } };
  }
  if (own === undefined) return invalid(problemText(validateFields(found, kind.kind.schema)));
  const resolved = await resolve(own, found, read, schemas);
  if (resolved.kind === 'invalid') {
    const absent = await absentParent(found.ref, snapshot, known.ofGateways);
    return { ...invalid(problemText(resolved.problems)), ...absent };
  }
  const rendered = renderBoth(own, found.ref, [...resolved.provisioning, ...resolved.monitoring]);
  if ('problem' in rendered) return invalid(rendered.problem);
  const parents = parentsIn(resolved.readThrough, known.ofGateways);
  const lyingIn = parentsIn(resolved.wayToRouters, known.ofGateways);
  const moved = standing && record && problemOfPlace(record, { routers: resolved.routers, lyingIn });
  if (moved !== undefined) return invalid(`${key}: ${moved}`);
  const withoutSecrets = await concealed(store, gateway, rendered, standing).catch(refusalOrThrow);
  if (withoutSecrets instanceof RefusedError) return refused(withoutSecrets.type, withoutSecrets.message);
  const { configurations, secrets } = withoutSecrets;
  const preparation: Preparation = {
    ...basis,
    ...resolved,
    kind: plain,
    changes: changesTo(standing, configurations),
    secrets,
    parents,
    recordsRead: snapshot.recordsRead,
  };
  const problem = problemOfSize(preparation, standing && record?.parents);
  return problem === undefined ? { kind: 'prepared', preparation } : invalid(problem);
}

function renderBoth(
  kind: Kind,
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

function corruptOrThrow(error: unknown): StoreCorruptError {
  if (error instanceof StoreCorruptError && !(error instanceof StoreNewerError)) return error;
  throw error;
}

function refusalOrThrow(error: unknown): RefusedError {
  if (error instanceof RefusedError) return error;
  throw error;
}

/** The problem, if the error is about a kind. Throws any other error again. */
function problemOf(error: unknown): { readonly problem: string } {
  if (error instanceof TemplateError || error instanceof KindError) return { problem: error.message };
  throw error;
}
