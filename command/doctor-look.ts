/** Gathers all that `doctor` compares, from etcd and from the routers. Only reads. */
import { displayName, gatewayText, messageOf } from '../gateway/display.ts';
import { partsOf } from '../gateway/lists.ts';
import { gatewaysInHistory, inspect } from '../activities/router/inspect.ts';
import type { GatewayChange } from '../activities/router/presence.ts';
import { targetOf } from '../activities/router/router-target.ts';
import { preparePlan } from '../activities/saga/planner.ts';
import { standingOf } from '../etcd/plan-record.ts';
import type { PlanRecord } from '../etcd/plan-record.ts';
import { isStanding } from '../etcd/state.ts';
import type { Store } from '../etcd/store.ts';
import { StoreCorruptError, corrupt } from '../etcd/errors.ts';
import { ROLES, workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef, GatewayVersion } from '../gateway/resource.ts';
import type { Kinds } from '../gateway/kind.ts';
import type { Policy } from '../gateway/policies.ts';
import type { RouterTarget, SessionPool } from '../netconf/pool.ts';
import type { RouterRecord } from '../pair/router-record.ts';
import type { Facts, Known, RouterSeen } from './doctor-findings.ts';
import { lostSecretsOf } from './doctor-secrets.ts';

export interface Sources {
  readonly store: Store;
  readonly pool: SessionPool;
  readonly kinds: Kinds;
  readonly policy: Policy;
  readonly running: ReadonlySet<string>;
}

interface Reached {
  readonly id: string;
  readonly name: string;
  readonly record: RouterRecord | StoreCorruptError;
  readonly target: RouterTarget | undefined;
  readonly history: readonly GatewayVersion[] | string;
}

/** How many routers are looked at, or gateways rendered, at a time. */
const AT_ONCE = 16;
const NOTHING: RouterRecord = { reservation: null, maintenance: null, owedChanges: [] };

export async function look({ store, pool, kinds, policy, running }: Sources): Promise<Facts> {
  const types = [...new Set([...kinds.keys(), ...(await store.publishedKinds())])];
  const [inventory, records, textOf] = await Promise.all([
    store.inventory(types),
    store.routers(),
    textsOf(store, types),
  ]);
  const ids = [...new Set([...inventory.routerIds, ...records.keys()])].sort();
  const reached = await inGroups(ids, (id) => reach(store, pool, id, records.get(id) ?? NOTHING));
  const gateways = onlyOnce([
    ...inventory.plans.map(({ gateway }) => gateway),
    ...inventory.states.filter(isStanding),
    ...inventory.claims.values(),
    ...reached.flatMap(({ history }) => (typeof history === 'string' ? [] : history)),
  ]);
  const known = new Map<string, Known>();
  for (const plan of inventory.plans) known.set(workflowIdOf(plan.gateway), recorded(plan));
  const unplanned = gateways.filter((gateway) => !known.has(workflowIdOf(gateway)));
  for (const found of await inGroups(unplanned, (gateway) => rendered(store, kinds, gateway)))
    if (found !== undefined) known.set(workflowIdOf(found.gateway), found);
  const routers = await inGroups(reached, async (router): Promise<RouterSeen> => {
    const { id, name, record, target, history } = router;
    if (target === undefined || typeof history === 'string')
      return { id, name, record, seen: typeof history === 'string' ? history : 'it has no address' };
    const changes = [...known.values()].flatMap((one) => one.changes.get(id) ?? []);
    const stored = record instanceof StoreCorruptError ? NOTHING : record;
    const seen = await inspect(pool, target, stored, changes, policy).catch(messageOf);
    return { id, name, record, seen };
  });
  const owed = [...records.values()].flatMap((record) =>
    record instanceof StoreCorruptError ? [] : record.owedChanges,
  );
  return {
    inventory,
    lostSecrets: await lostSecretsOf(store, inventory.plans, owed),
    routers: routers.toSorted((one, other) => one.name.localeCompare(other.name)),
    gateways: gateways
      .filter(({ resourceType }) => types.includes(resourceType))
      .toSorted((one, other) => textOf(one).localeCompare(textOf(other))),
    textOf,
    known: (gateway) => known.get(workflowIdOf(gateway)),
    running,
  };
}

/** Says gateways in words. If a type has too many records for their names to be read, its gateways have no names here. */
async function textsOf(store: Store, types: readonly string[]): Promise<Facts['textOf']> {
  const lists = await inGroups(types, (type) => store.names(type));
  const names = new Map(
    types.flatMap((resourceType, index) =>
      (lists[index] ?? []).map(
        ({ id, name }) => [workflowIdOf({ resourceType, resourceId: id }), name] as const,
      ),
    ),
  );
  return (gateway) => {
    const name = names.get(workflowIdOf(gateway));
    return gatewayText(gateway, name === undefined ? undefined : displayName(name));
  };
}

async function reach(
  store: Store,
  pool: SessionPool,
  id: string,
  record: RouterRecord | StoreCorruptError,
): Promise<Reached> {
  try {
    const { name, target } = await targetOf(store.snapshot(), id);
    const history = await gatewaysInHistory(pool, target).catch(messageOf);
    return { id, name, record, target, history };
  } catch (error) {
    return { id, name: id, record, target: undefined, history: messageOf(error) };
  }
}

/**
 * What the routers should carry of a gateway, as its plan record says. If nothing should stand, it is what they may carry still: what a creation has
 * begun, or what a deletion has not removed.
 */
export function recorded(plan: PlanRecord): Known {
  const { gateway, routers, secrets } = plan;
  const standing = standingOf(plan);
  const changes = ROLES.flatMap((role): [string, GatewayChange][] => {
    const { id, before, after } = routers[role];
    const carried = standing?.configurations[role] ?? after ?? before;
    if (carried === null) return [];
    const forms = (standing ? standing.secrets : secrets)?.[role];
    return [[id, { gateway, change: { before: null, after: carried }, secrets: forms }]];
  });
  return { gateway, changes: new Map(changes) };
}

/** What would be rendered for a gateway now, whatever its `/state`. `undefined`: its configuration is gone or bad, or a record of it can't be read. */
async function rendered(
  store: Store,
  kinds: Sources['kinds'],
  { resourceType, resourceId }: GatewayRef,
): Promise<Known | undefined> {
  const withoutState: Store = { ...store, state: async () => undefined };
  const gatewayRef = { resourceType, resourceId };
  const outcome = await preparePlan({ store: withoutState, kinds }, gatewayRef).catch(corrupt);
  if (outcome instanceof StoreCorruptError || outcome.kind !== 'prepared') return undefined;
  const { gateway, routers, changes: rendering } = outcome.preparation;
  const changes = ROLES.map((role): [string, GatewayChange] => [
    routers[role].ref.id,
    { gateway, change: { before: null, after: rendering[role].after } },
  ]);
  return { gateway, changes: new Map(changes) };
}

/** Each gateway once, in the order in which they come first. */
export function onlyOnce(gateways: readonly GatewayRef[]): readonly GatewayRef[] {
  const byId = new Map<string, GatewayRef>();
  for (const { resourceType, resourceId } of gateways) {
    const gateway = { resourceType, resourceId };
    const id = workflowIdOf(gateway);
    if (!byId.has(id)) byId.set(id, gateway);
  }
  return [...byId.values()];
}

async function inGroups<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const some of partsOf(items, AT_ONCE)) results.push(...(await Promise.all(some.map(work))));
  return results;
}
