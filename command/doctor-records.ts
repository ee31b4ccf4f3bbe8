/** What stands in etcd, sorted by gateway, so that `doctor` goes through each list once and not once for each gateway. Pure. */
import type { Inventory } from '../etcd/inventory.ts';
import { KEYS } from '../etcd/keys.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';

/** What stands in etcd of one gateway. */
export interface GatewayRecords {
  readonly plan: Inventory['plans'][number] | undefined;
  readonly state: Inventory['states'][number] | undefined;
  /** Keys of the claims that it has. */
  readonly claims: ReadonlySet<string>;
}

const NO_CLAIMS: ReadonlySet<string> = new Set();

/** Tells whether a gateway has a plan record that can't be read. Then nobody knows what its keys and stanzas are for. */
export function unreadablePlansIn({
  unreadable,
}: Pick<Inventory, 'unreadable'>): (gateway: GatewayRef) => boolean {
  const keys = new Set(unreadable.map(({ key }) => key));
  return (gateway) => keys.has(KEYS.plan(gateway));
}

export function recordsIn({
  plans,
  states,
  claims,
}: Pick<Inventory, 'plans' | 'states' | 'claims'>): (gateway: GatewayRef) => GatewayRecords {
  const planById = new Map(plans.map((one) => [workflowIdOf(one.gateway), one]));
  const stateById = new Map(states.map((one) => [workflowIdOf(one), one]));
  const claimsById = new Map<string, Set<string>>();
  for (const [key, holder] of claims) {
    const id = workflowIdOf(holder);
    const held = claimsById.get(id);
    if (held === undefined) claimsById.set(id, new Set([key]));
    else held.add(key);
  }
  return (gateway) => {
    const id = workflowIdOf(gateway);
    return { plan: planById.get(id), state: stateById.get(id), claims: claimsById.get(id) ?? NO_CLAIMS };
  };
}
