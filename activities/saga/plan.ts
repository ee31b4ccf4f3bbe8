import { createHash, randomUUID } from 'node:crypto';
import { changesNothing } from '../../gateway/change.ts';
import { displayNameIn } from '../../gateway/display.ts';
import { handlerOf, jobChain, jobId, jobSuffix } from '../../gateway/jobs.ts';
import type { JobStep } from '../../gateway/jobs.ts';
import type { Plan, PlanInput, PlanOutcome, Waited } from '../../gateway/plan.ts';
import { inKindOrder } from '../../gateway/monitor-words.ts';
import { changeLimitsOf } from '../../gateway/policies.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { ROLES } from '../../gateway/resource.ts';
import type { ResourceRecord, Role } from '../../gateway/resource.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { preparePlan } from './planner.ts';
import type { Preparation } from './preparation.ts';

/**
 * Plans a gateway: reads, validates, renders. Writes nothing. Only if the run goes on with a wait, and there is nothing to register any more, it removes
 * what was written in order to wait.
 */
export function planning(deps: Dependencies) {
  return ({ waited, ...request }: PlanInput): Promise<PlanOutcome> =>
    classified(async () => {
      const outcome = await planned(deps, request);
      if (waited === undefined) return outcome;
      if (outcome.kind === 'planned') return { ...outcome, plan: inItsPlace(outcome.plan, waited) };
      await deps.store.forgetWaited(request, waited);
      return outcome;
    });
}

async function planned(deps: Dependencies, request: PlanInput): Promise<PlanOutcome> {
  const [outcome, searchAttributes] = await Promise.all([
    preparePlan(deps, request),
    deps.searchAttributes(),
  ]);
  if (outcome.kind !== 'prepared') return { ...outcome, searchAttributes };
  const { preparation } = outcome;
  const { owe } = request;
  const problem = owe && problemOfOwing(owe.router, preparation);
  if (problem !== undefined)
    return { kind: 'refused', type: FAILURES.InvalidRequest, reason: problem, searchAttributes };
  const chain = jobChain(preparation.action, preparation.kind.kind);
  const jobs = chain.map((step) => newJobId(preparation, step));
  const run = randomUUID();
  const limits = changeLimitsOf(deps.policy);
  return {
    kind: 'planned',
    plan: planOf(preparation, { run, jobs, searchAttributes, limits, ...(owe && { owe }) }),
  };
}

/** The plan with the run and the jobs that the gateway waits with: so it keeps its place among those that wait. If it needs other jobs, the plan as it is. */
function inItsPlace(plan: Plan, { run, jobs }: Waited): Plan {
  const names = (ids: Plan['jobs']) => ids.map((id) => id.slice(0, id.lastIndexOf(':'))).join();
  return names(jobs) === names(plan.jobs) ? { ...plan, run, jobs } : plan;
}

/** The plan for a preparation: digests instead of configuration text, and routers' names instead of logins. */
export function planOf(
  preparation: Preparation,
  given: Pick<Plan, 'run' | 'jobs' | 'searchAttributes' | 'limits' | 'owe'>,
): Plan {
  const { gateway, action, standing, replaces, record, kind, changes, routers, recordsRead } = preparation;
  return {
    ...given,
    gateway,
    action,
    standing: standing?.version ?? null,
    unchanged: changesNothing(changes),
    ...(replaces !== undefined && { replaces }),
    name: displayNameIn(record) ?? gateway.resourceId,
    tenant: displayNameIn(record, 'tenant_id') ?? null,
    configRevision: record.modRevision,
    routers: {
      primary: plannedRouter('primary', routers.primary),
      secondary: plannedRouter('secondary', routers.secondary),
    },
    kind: { source: kind.source, digest: kind.digest },
    digests: { primary: digest(changes.primary), secondary: digest(changes.secondary) },
    monitors: monitorsOf(changes),
    recordsRead,
  };
}

/** Why the change can't be made without this router; `undefined`: it can. */
function problemOfOwing(router: string, { action, routers }: Preparation): string | undefined {
  if (action !== 'delete')
    return 'owe: expected a configuration that is marked for deletion, got one that is not';
  const ids = ROLES.map((role) => routers[role].ref.id);
  return ids.includes(router)
    ? undefined
    : `owe.router: expected one of the gateway's routers ${ids.join(', ')}, got ${router}`;
}

function plannedRouter(role: Role, router: ResourceRecord): Plan['routers'][Role] {
  return { role, id: router.ref.id, name: displayNameIn(router) ?? router.ref.id };
}

function newJobId({ gateway, kind }: Preparation, { action, job }: JobStep): string {
  return jobId({ action, handler: handlerOf(kind.kind, job), ...gateway, suffix: jobSuffix(Math.random) });
}

/** The names of what is looked at on either router once the change is made, in the kind's order. */
function monitorsOf({ primary, secondary }: Preparation['changes']): readonly string[] {
  const names = [primary, secondary].map(({ after }) => (after?.monitors ?? []).map(({ name }) => name));
  return inKindOrder(names[0] ?? [], names[1] ?? []);
}

/** The whole text of a field; `null`: there is none. It may be long, so it must not enter the plan. */
export function textIn({ body }: ResourceRecord, field: string): string | null {
  const value = body[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

function digest(value: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(value)).digest('hex')}`;
}
