/** Both ends of a change: what stands, and what shall stand. */
import type { Changes } from '../../gateway/change.ts';
import type { Kind, LoadedKind } from '../../gateway/kind.ts';
import { resolve } from '../../gateway/resolve.ts';
import { ROLES, edgeRouter, isRecord } from '../../gateway/resource.ts';
import type { Lookup, ResourceRecord, ResourceRef, Role, Schemas } from '../../gateway/resource.ts';
import type { PlanRecord, Standing } from '../../etcd/plan-record.ts';
import type { Preparation } from './preparation.ts';

/** From what stands to these configurations; `null`: to nothing. */
export function changesTo(standing: Standing | undefined, after: Standing['configurations'] | null): Changes {
  const change = (role: Role) => ({
    before: standing?.configurations[role] ?? null,
    after: after?.[role] ?? null,
  });
  return { primary: change('primary'), secondary: change('secondary') };
}

/**
 * A deletion renders nothing: the plan record says what stands, and on which routers. The parameters are for the jobs' records only. If they
 * can't be resolved any more, because a neighbour has gone before, the jobs have none.
 */
export async function prepareDeletion(
  basis: Pick<Preparation, 'gateway' | 'action' | 'standing' | 'record'>,
  kind: LoadedKind<Kind>,
  { routers, parents = [] }: Pick<PlanRecord, 'routers' | 'parents'>,
  read: (ref: ResourceRef) => Promise<Lookup>,
  schemas: Schemas,
): Promise<Omit<Preparation, 'recordsRead'>> {
  const router = async (role: Role): Promise<ResourceRecord> => {
    const ref = edgeRouter(routers[role].id);
    const found = await read(ref);
    return isRecord(found)
      ? found
      : { ref, body: {}, version: 0, markedForDeletion: false, modRevision: '0' };
  };
  const [resolved, ...found] = await Promise.all([
    resolve(kind.kind, basis.record, read, schemas),
    ...ROLES.map(router),
  ]);
  const [primary, secondary] = found as [ResourceRecord, ResourceRecord];
  return {
    ...basis,
    kind,
    routers: { primary, secondary },
    provisioning: resolved.kind === 'resolved' ? resolved.provisioning : [],
    monitoring: resolved.kind === 'resolved' ? resolved.monitoring : [],
    changes: changesTo(basis.standing, null),
    parents,
  };
}
