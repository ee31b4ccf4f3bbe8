import { createHash, randomUUID } from 'node:crypto';
import { displayName } from '../../gateway/display.ts';
import { jobId, jobSuffix } from '../../gateway/job-id.ts';
import type { JobTemplate } from '../../gateway/kind.ts';
import type { CreateGatewayInput, Plan, PlanOutcome } from '../../gateway/plan.ts';
import { changeLimitsOf } from '../../gateway/policies.ts';
import type { ResourceRecord, Role } from '../../gateway/resource.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { preparePlan } from './planner.ts';
import type { Preparation } from './preparation.ts';

/** Plans a gateway: reads, validates, renders. Writes nothing. */
export function planning(deps: Dependencies) {
  return (request: CreateGatewayInput): Promise<PlanOutcome> =>
    classified(async () => {
      const [outcome, searchAttributes] = await Promise.all([
        preparePlan(deps, request),
        deps.searchAttributes(),
      ]);
      if (outcome.kind !== 'prepared') return { ...outcome, searchAttributes };
      const { preparation } = outcome;
      const { provisioning, monitoring } = preparation.kind.kind;
      const jobs = {
        provisioning: newJobId(preparation, provisioning),
        monitoring: newJobId(preparation, monitoring),
      };
      const run = randomUUID();
      const limits = changeLimitsOf(deps.policy);
      return { kind: 'planned', plan: planOf(preparation, { run, jobs, searchAttributes, limits }) };
    });
}

/** The plan for a preparation: digests instead of configuration text, and routers' names instead of logins. */
export function planOf(
  preparation: Preparation,
  given: Pick<Plan, 'run' | 'jobs' | 'searchAttributes' | 'limits'>,
): Plan {
  const { gateway, record, kind, configurations, routers, recordsRead } = preparation;
  return {
    ...given,
    gateway,
    name: displayNameIn(record, 'name') ?? gateway.resourceId,
    tenant: displayNameIn(record, 'tenant_id'),
    configRevision: record.modRevision,
    routers: {
      primary: planned('primary', routers.primary),
      secondary: planned('secondary', routers.secondary),
    },
    kind: { source: kind.source, digest: kind.digest },
    digests: { primary: digest(configurations.primary), secondary: digest(configurations.secondary) },
    monitors: kind.kind.monitors.map(({ name }) => name),
    recordsRead,
  };
}

function planned(role: Role, router: ResourceRecord): Plan['routers'][Role] {
  return { role, id: router.ref.id, name: displayNameIn(router, 'name') ?? router.ref.id };
}

function newJobId({ gateway }: Preparation, { handler }: JobTemplate): string {
  return jobId({ action: 'create', handler, ...gateway, suffix: jobSuffix(Math.random) });
}

function displayNameIn(record: ResourceRecord, field: string): string | null {
  return displayName(textIn(record, field) ?? '') || null;
}

/** The whole text. It may be long, so it must not enter the plan. */
export function textIn({ body }: ResourceRecord, field: string): string | null {
  const value = body[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

function digest(value: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(value)).digest('hex')}`;
}
