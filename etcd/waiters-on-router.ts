/** Who waits for any gateway of one router, whatever that gateway waits for itself. They are woken when a person retires or readmits the router. */
import { partsOf } from '../gateway/lists.ts';
import { ROLES, workflowIdOf } from '../gateway/resource.ts';
import type { EtcdClient } from './client.ts';
import { WAITING, gatewaysOfKey } from './keys.ts';
import { READ_LIMIT, readPlans } from './members.ts';
import { StoreCorruptError } from './errors.ts';
import { waitersFromEntries } from './waiting.ts';
import type { Waiter } from './waiting.ts';

/**
 * All that wait for a gateway whose plan record names the router. Those that have waited longest come first. A plan record that can't be read may name the
 * router, so it counts: a wake too many does no harm.
 */
export async function waitersOnRouter(client: EtcdClient, routerId: string): Promise<readonly Waiter[]> {
  const entries = await client.readInPages('waiters', WAITING);
  const awaited = new Map(
    entries.flatMap(({ key }) => {
      const found = gatewaysOfKey(key);
      return found === undefined ? [] : [[workflowIdOf(found.gateway), found.gateway] as const];
    }),
  );
  const there = new Set<string>();
  for (const some of partsOf([...awaited], READ_LIMIT)) {
    const records = await readPlans(
      client,
      some.map(([, gateway]) => gateway),
    );
    for (const [index, [id]] of some.entries()) {
      const record = records[index];
      if (record === undefined) continue;
      if (record instanceof StoreCorruptError || ROLES.some((role) => record.routers[role].id === routerId))
        there.add(id);
    }
  }
  return waitersFromEntries(
    entries.filter(({ key }) => {
      const found = gatewaysOfKey(key);
      return found !== undefined && there.has(workflowIdOf(found.gateway));
    }),
  );
}
