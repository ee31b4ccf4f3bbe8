/** Reads from etcd the parents of a batch's members, and the claims of others inside the members' stanzas. */
import { partsOf } from '../../gateway/lists.ts';
import { ownedBy } from '../../gateway/change.ts';
import { displayNameIn } from '../../gateway/display.ts';
import { ROLES, workflowIdOf } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { READ_LIMIT } from '../../etcd/members.ts';
import { standingOf } from '../../etcd/plan-record.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { Store } from '../../etcd/store.ts';
import type { OwedChange } from '../../pair/router-record.ts';
import { NO_FAMILY } from '../router/family.ts';
import type { Family, Parent } from '../router/family.ts';
import type { PlannedMember } from './members.ts';

type Needed = Pick<Store, 'plans' | 'claimsInside' | 'snapshot'>;

/** A router, and what it owes. */
interface OwedOnRouter {
  readonly id: string;
  readonly record: { readonly owedChanges: readonly OwedChange[] };
}

/** What is known about parents and children, by the id of a router. */
export type Families = (routerId: string) => Family;

/**
 * Reads the plan records of all parents in one request, and the claims inside all stanzas in which a child may stand. A creation has no children.
 * Where there are neither parents nor such stanzas, it makes no request.
 */
export async function readFamilies(
  store: Needed,
  planned: readonly PlannedMember[],
  routers: readonly OwedOnRouter[],
): Promise<Families> {
  const refs = new Map<string, readonly GatewayRef[]>();
  for (const { member, plan } of planned) refs.set(workflowIdOf(member.gateway), plan.parents ?? []);
  for (const { gateway, parents = [] } of routers.flatMap(({ record }) => record.owedChanges))
    if (!refs.has(workflowIdOf(gateway))) refs.set(workflowIdOf(gateway), parents);
  const [parents, claims] = await Promise.all([
    readParents(store, [...refs.values()].flat()),
    store.claimsInside(stanzasOf(planned, routers)),
  ]);
  if (parents.size === 0 && claims.length === 0) return () => NO_FAMILY;
  const families = new Map(
    routers.map(({ id }): [string, Family] => {
      const here = new Map(
        [...parents.values()].map((one) => [workflowIdOf(one.gateway), parentOn(one, id)]),
      );
      const parentsOf: Family['parentsOf'] = (gateway) =>
        (refs.get(workflowIdOf(gateway)) ?? []).flatMap((ref) => here.get(workflowIdOf(ref)) ?? []);
      const own = claims.filter(({ routerId }) => routerId === id);
      return [id, { parentsOf, claims: own.map(({ stanza, holder: owner }) => ({ stanza, owner })) }];
    }),
  );
  return (routerId) => families.get(routerId) ?? NO_FAMILY;
}

interface ReadParent {
  readonly gateway: GatewayRef;
  readonly name: string;
  readonly plan: PlanRecord | undefined;
}

async function readParents(
  store: Needed,
  refs: readonly GatewayRef[],
): Promise<ReadonlyMap<string, ReadParent>> {
  const parents = [...new Map(refs.map((ref) => [workflowIdOf(ref), ref])).values()];
  const snapshot = store.snapshot();
  const [plans, names] = await Promise.all([
    inReads(parents, (some) => store.plans(some)),
    Promise.all(
      parents.map(async ({ resourceType: type, resourceId: id }) => {
        return displayNameIn(await snapshot.read({ type, id })) ?? id;
      }),
    ),
  ]);
  return new Map(
    parents.map((ref, index): [string, ReadParent] => {
      const plan = plans[index];
      return [
        workflowIdOf(ref),
        { gateway: ref, name: names[index] ?? '', plan: plan instanceof Error ? undefined : plan },
      ];
    }),
  );
}

async function inReads<T, R>(items: readonly T[], read: (some: readonly T[]) => Promise<readonly R[]>) {
  return (await Promise.all(partsOf(items, READ_LIMIT).map(read))).flat();
}

/**
 * None if the parent stands on other routers: then the child's parameters are read through it, but on this router no stanza of the child lies in one
 * of the parent.
 */
function parentOn({ gateway, name, plan }: ReadParent, routerId: string): readonly Parent[] {
  const role = ROLES.find((one) => plan?.routers[one].id === routerId);
  if (plan !== undefined && role === undefined) return [];
  return [{ gateway, name, standing: (role && standingOf(plan)?.configurations[role]) ?? null }];
}

/** Stanzas in which others may have theirs. */
function stanzasOf(planned: readonly PlannedMember[], routers: readonly OwedOnRouter[]) {
  const changes = [
    ...planned.flatMap((one) => [...one.changes].map(([routerId, { change }]) => ({ routerId, change }))),
    ...routers.flatMap(({ id: routerId, record }) =>
      record.owedChanges.map(({ change }) => ({ routerId, change })),
    ),
  ];
  return changes
    .filter(({ change }) => change.before !== null)
    .flatMap(({ routerId, change }) => ownedBy(change).map((stanza) => ({ routerId, stanza })));
}
