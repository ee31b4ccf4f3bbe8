/** Wakes the sagas that wait for a gateway of a router, once the router is retired or readmitted. Each saga then looks what that means for its own change. */
import { wake } from '../client/wake.ts';
import type { Store } from '../etcd/store.ts';
import { messageOf, oneLine } from '../gateway/display.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { CommandIo } from './io.ts';
import { gateways } from './router-view.ts';

/**
 * Resolves to what is said about the wake, behind what was done to the router. Temporal is asked only if a saga waits. If Temporal is away, what was
 * done to the router stays done: a saga that was not woken looks by itself after a while.
 */
export async function wakeOnRouter(
  store: Pick<Store, 'waitersOnRouter'>,
  routerId: string,
  env: CommandIo['env'],
): Promise<string> {
  const waiters = await store.waitersOnRouter(routerId);
  if (waiters.length === 0) return '';
  const all = new Map(waiters.map(({ gateway }) => [workflowIdOf(gateway), gateway]));
  try {
    const woken = await wake([...all.values()], { env });
    return woken === 0 ? '' : `; woke ${gateways(woken)} that waited for one of it`;
  } catch (error) {
    const why = oneLine(messageOf(error));
    return `; ${gateways(all.size)} may wait for one of it for up to an hour, because nothing could be woken: ${why}`;
  }
}
