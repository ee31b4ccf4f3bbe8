/** Compares the keys by which gateways know their children and their waiters with plan records and running workflows. Pure. */
import { gatewayText } from '../gateway/display.ts';
import { claimValue } from '../etcd/claims.ts';
import type { FamilyKey, Inventory } from '../etcd/inventory.ts';
import { KEYS } from '../etcd/keys.ts';
import { isUnderWay } from '../etcd/parents.ts';
import { isSameGateway, workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { unreadablePlansIn } from './doctor-records.ts';

/** A difference between etcd and the routers, or something that waits for a person. */
export interface Finding {
  readonly what: string;
  /** The command that mends it, or what to do. */
  readonly mend: string;
  /** Id of a workflow. If it runs, this is no finding. Absent: no workflow would explain it. */
  readonly unlessRuns?: string;
}

/** `running`: ids of the workflows that run. What a running workflow has written may change at any time, and is no finding. */
export function familyFindings({
  inventory,
  running,
  textOf = gatewayText,
}: {
  readonly inventory: Inventory;
  readonly running: ReadonlySet<string>;
  readonly textOf?: (gateway: GatewayRef) => string;
}): readonly Finding[] {
  const { plans, states, referrers, changing, waiting } = inventory;
  const planById = new Map(plans.map((one) => [workflowIdOf(one.gateway), one]));
  const stateById = new Map(states.map((one) => [workflowIdOf(one), one]));
  const planOf = (gateway: GatewayRef) => planById.get(workflowIdOf(gateway));
  const refersTo = (child: GatewayRef, parent: GatewayRef) =>
    planOf(child)?.parents?.some((one) => isSameGateway(one, parent)) === true;
  const isChanging = (child: GatewayRef) =>
    isUnderWay({ record: planOf(child), state: stateById.get(workflowIdOf(child)) });
  const isUnreadable = unreadablePlansIn(inventory);
  const left = (keys: readonly FamilyKey[]) =>
    keys.filter(({ other }) => !running.has(workflowIdOf(other)) && !isUnreadable(other));
  const stale = ({ key, other }: FamilyKey, what: string): Finding => ({
    what: `${key} was left behind: ${what}`,
    mend: `etcdctl del '${key}'`,
    unlessRuns: workflowIdOf(other),
  });
  const known = new Set(referrers.map(({ key }) => key));
  const unknown = plans
    .filter(({ gateway }) => !running.has(workflowIdOf(gateway)))
    .flatMap(({ gateway, parents = [] }) =>
      parents
        .filter((parent) => !known.has(KEYS.referrer(parent, gateway)))
        .map((parent) => ({ gateway, parent })),
    );
  return [
    ...unknown.map(({ gateway, parent }) => ({
      what: `${textOf(gateway)}: it lies in ${textOf(parent)}, and the key that says so is gone; nothing in etcd keeps ${textOf(parent)} from being deleted before it`,
      mend: `etcdctl put '${KEYS.referrer(parent, gateway)}' '${JSON.stringify(claimValue(gateway))}'`,
      unlessRuns: workflowIdOf(gateway),
    })),
    ...left(referrers)
      .filter(({ gateway, other }) => !refersTo(other, gateway))
      .map((one) =>
        stale(
          one,
          `${textOf(one.other)} does not lie in ${textOf(one.gateway)}; it does no harm, and goes when that is deleted`,
        ),
      ),
    ...left(changing)
      .filter(({ gateway, other }) => !isChanging(other) || !refersTo(other, gateway))
      .map((one) =>
        stale(
          one,
          `no change of ${textOf(one.other)} is under way; it does no harm, and goes with the next change of ${textOf(one.gateway)}`,
        ),
      ),
    ...left(waiting).map((one) =>
      stale(
        one,
        `no run of ${textOf(one.other)} waits; it does no harm, and goes with the next change of either gateway`,
      ),
    ),
  ];
}
