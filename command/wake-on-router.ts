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
  const awaited = await store.waitersOnRouter(routerId);
  const waiting = new Set(
    awaited.flatMap(({ waiters }) => waiters.map(({ gateway }) => workflowIdOf(gateway))),
  );
  if (waiting.size === 0) return '';
  try {
    const { woken, left } = await wake(
      awaited.map(({ gateway, waiters }) => ({ gateway, waiters: waiters.map((one) => one.gateway) })),
      { env },
    );
    const now = woken === 0 ? '' : `; woke ${gateways(woken)} that waited for one of it`;
    return left === 0
      ? now
      : `${now}; a worker wakes ${gateways(left)} that wait for one of it, little by little`;
  } catch (error) {
    const why = oneLine(messageOf(error));
    return `; ${gateways(waiting.size)} may wait for one of it for up to an hour, because nothing could be woken: ${why}`;
  }
}
