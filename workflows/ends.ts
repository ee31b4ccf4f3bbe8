/** How a saga ends: with a result, or with a typed failure. */
import { ApplicationFailure, ContinueAsNew, TemporalFailure, isCancellation } from '@temporalio/workflow';
import type { Action } from '../gateway/change.ts';
import { LENGTHS, oneLine } from '../gateway/display.ts';
import { FAILURES } from '../gateway/failures.ts';
import type { GatewayFailure } from '../gateway/messages.ts';
import type {
  EndedVersion,
  GatewayResult,
  Observation,
  OwedRemoval,
  Plan,
  SuccessWord,
  Waited,
} from '../gateway/plan.ts';
import { COMPLETED } from '../gateway/records.ts';
import type { GatewayVersion, Role } from '../gateway/resource.ts';
import type { Compensation } from './compensation.ts';
import { publishFailure } from './leftover.ts';
import type { ProgressLog } from './progress-log.ts';
import { failureTypeOf, reasonOf, withUndo } from './reason.ts';
import { describe, tellOutcome } from './search-attributes.ts';
import type { Searchable } from './search-attributes.ts';

/** A failure names at most so many failed compensations. A run has one or two of its own; more come only of earlier runs that left something behind. */
export const COMPENSATION_LINES = 10;

const WORDS = { create: 'created', update: 'updated', delete: 'deleted' } as const satisfies Readonly<
  Record<Action, SuccessWord>
>;

/** How the work on one version ended. */
export type Ended =
  | { readonly kind: 'made'; readonly result: GatewayResult }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Rejects if the work has not ended, but another run goes on with it. */
export async function endedOf(work: Promise<GatewayResult>): Promise<Ended> {
  try {
    return { kind: 'made', result: await work };
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    return { kind: 'failed', error };
  }
}

/** The change was made, and `/state` says so. */
export function changeMade(
  plan: Plan,
  seen: readonly Observation[],
  log: ProgressLog,
  owed?: OwedRemoval,
): GatewayResult {
  const outcome = plan.unchanged ? 'unchanged' : WORDS[plan.action];
  log.tell({ outcome });
  tellOutcome(plan.searchAttributes, outcome);
  const of = (role: Role) => ({
    id: plan.routers[role].id,
    vrrp: seen.find((observation) => observation.role === role)?.vrrp ?? null,
  });
  return {
    ...plan.gateway,
    outcome,
    alreadyEnded: false,
    routers: { primary: of('primary'), secondary: of('secondary') },
    ...(owed && { owed }),
  };
}

/** The result of a deletion before which nothing of the gateway stood on its routers. */
export function deletedNothing(
  { gateway, searchAttributes }: Searchable & { readonly gateway: GatewayVersion },
  log: ProgressLog,
): GatewayResult {
  log.tell({ gateway, outcome: 'deleted' });
  tellOutcome(searchAttributes, 'deleted');
  return { ...gateway, outcome: 'deleted', alreadyEnded: false };
}

/** The result of a version whose change an earlier run has made. */
export function madeBefore(
  { gateway, action, searchAttributes }: Pick<Plan, 'gateway' | 'action' | 'searchAttributes'>,
  log: ProgressLog,
): GatewayResult {
  const outcome = WORDS[action];
  log.tell({ gateway, action, outcome });
  describe({ gateway, action, searchAttributes }, outcome);
  return { ...gateway, outcome, alreadyEnded: true };
}

/** The version had ended before this run. Throws if it had failed. */
export function resultOf(
  { gateway, action, workerState, error }: EndedVersion,
  searchAttributes: readonly string[],
  log: ProgressLog,
): GatewayResult {
  log.tell({ gateway, action });
  const isCompleted = workerState === COMPLETED[action] || workerState === 'MODIFY_COMPLETED';
  const outcome = isCompleted ? WORDS[action] : 'failed';
  if (outcome !== 'failed') return madeBefore({ gateway, action, searchAttributes }, log);
  describe({ gateway, action, searchAttributes }, outcome);
  const reason = `version ${gateway.version} ended as ${workerState}${error === '' ? '' : ` (${error})`}; to try again, write a new version, or ask for this one by gateway-saga apply --again`;
  throw fail(log, gateway, FAILURES.AlreadyEnded, reason, []);
}

interface Unwinding {
  readonly registered: boolean;
  /** Looks at what stands after the compensations, and says it in words for the error. `undefined`: there is nothing to say. */
  readonly restored?: () => Promise<string | undefined>;
  /** What the run has written in order to wait. */
  readonly waited?: Waited | undefined;
}

/** Runs the compensations, publishes the failure in `/state`, and ends the workflow with the original error. */
export async function unwind(
  at: Pick<Plan, 'action' | 'gateway' | 'searchAttributes'> & Partial<Pick<Plan, 'run' | 'replaces'>>,
  log: ProgressLog,
  compensation: Compensation,
  error: unknown,
  { registered, restored, waited }: Unwinding,
): Promise<GatewayResult> {
  const failedUndos = await compensation.unwind();
  const clean = failedUndos.length === 0;
  // If the version was superseded before it registered, it has done nothing, and nothing is told of it: the newer version gets a `/state` of its own.
  // Perhaps the run has registered after all, and only the answer was lost. etcd knows that.
  const isSuperseded = !registered && failureTypeOf(error) === FAILURES.Superseded;
  const standing = clean && !isSuperseded ? await restored?.() : undefined;
  const reason = standing === undefined ? reasonOf(error) : withStanding(reasonOf(error), standing);
  const message = withUndo(reason, failedUndos);
  const { action, gateway, replaces } = at;
  const superseded = isSuperseded ? { isSuperseded } : {};
  const facts = {
    registered,
    clean,
    action,
    ...superseded,
    ...(waited && { waited }),
    ...(replaces !== undefined && { replaces }),
  };
  const input = { gateway, run: at.run ?? null, error: message, ...facts };
  const published = await publishFailure(input, log).catch(unpublished);
  const isPublished = typeof published !== 'string';
  if (isPublished) failedUndos.push(...published);
  const isCancelled = isCancellation(error) && failedUndos.length === 0 && isPublished;
  tellOutcome(at.searchAttributes, isCancelled ? 'cancelled' : 'failed');
  if (isCancelled) {
    log.tell({ outcome: 'cancelled' });
    throw error;
  }
  const told = isPublished ? reason : withStanding(reason, published);
  throw fail(log, gateway, failureTypeOf(error), told, failedUndos);
}

/**
 * Why the failure could not be published, in words that are added to the original error. An error that is none of Temporal's is thrown again: it fails
 * the workflow task only.
 */
function unpublished(error: unknown): string {
  if (error instanceof TemporalFailure) return `not published: ${reasonOf(error)}`;
  throw error;
}

/** Joins the two parts. If the whole is too long for `/state`, each part is cut to half of the room, so that both can be read. */
function withStanding(reason: string, standing: string): string {
  const whole = `${reason}; ${standing}`;
  if (whole === oneLine(whole)) return whole;
  const half = Math.floor((LENGTHS.reason - 2) / 2);
  return `${oneLine(reason, half)}; ${oneLine(standing, half)}`;
}

export function fail(
  log: ProgressLog,
  gateway: GatewayVersion | null,
  type: GatewayFailure['type'],
  message: string,
  compensation: readonly string[],
): ApplicationFailure {
  const error = withUndo(message, compensation);
  log.tell({ outcome: 'failed', error });
  const lines = compensation.slice(0, COMPENSATION_LINES).map((line) => oneLine(line));
  const details: GatewayFailure = { type, gateway, message, compensation: lines };
  return ApplicationFailure.create({ type, message: error, nonRetryable: true, details: [details] });
}
