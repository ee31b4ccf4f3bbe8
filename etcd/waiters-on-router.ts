/** Who waits for any gateway of one router, whatever that gateway waits for itself. They are woken when a person retires or readmits the router. */
import { partsOf } from '../gateway/lists.ts';
import { ROLES, workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import type { Entry, EtcdClient } from './client.ts';
import { WAITING, gatewaysOfKey } from './keys.ts';
import { READ_LIMIT, readPlans } from './members.ts';
import { StoreCorruptError } from './errors.ts';
import { waitersFromEntries } from './waiting.ts';
import type { Waiter } from './waiting.ts';

/** A gateway, and those that wait for it. Those that have waited longest come first. */
export interface AwaitedOnRouter {
  readonly gateway: GatewayRef;
  readonly waiters: readonly Waiter[];
}

/**
 * The gateways that are waited for, and whose plan records name the router. A plan record that can't be read may name the router, so it counts: a wake too
 * many does no harm.
 */
export async function waitersOnRouter(
  client: EtcdClient,
  routerId: string,
): Promise<readonly AwaitedOnRouter[]> {
  const entries = await client.readInPages('waiters', WAITING);
  const awaited = new Map<string, { readonly gateway: GatewayRef; readonly entries: Entry[] }>();
  for (const entry of entries) {
    const gateway = gatewaysOfKey(entry.key)?.gateway;
    if (gateway === undefined) continue;
    const id = workflowIdOf(gateway);
    const one = awaited.get(id);
    if (one === undefined) awaited.set(id, { gateway, entries: [entry] });
    else one.entries.push(entry);
  }
  const there: AwaitedOnRouter[] = [];
  for (const some of partsOf([...awaited.values()], READ_LIMIT)) {
    const records = await readPlans(
      client,
      some.map(({ gateway }) => gateway),
    );
    for (const [index, one] of some.entries()) {
      const record = records[index];
      if (record === undefined) continue;
      if (record instanceof StoreCorruptError || ROLES.some((role) => record.routers[role].id === routerId))
        there.push({ gateway: one.gateway, waiters: waitersFromEntries(one.entries) });
    }
  }
  return there;
}
