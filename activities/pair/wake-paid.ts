/**
 * Wakes the children that wait until a router has made what it owes of their parent ("owed change", T7). The wakes come after the transaction, so
 * that no router is locked meanwhile. A wake that fails does not undo what was made: a waiter that was not woken looks by itself after a while.
 */
import { workflowIdOf } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import type { Dependencies } from '../dependencies.ts';
import { wakeWaiters } from '../wake-waiters.ts';

/** Runs a transaction. Then, for each gateway of which the transaction has removed an owed change from etcd, wakes those that wait for that gateway. */
export async function wakingPaid<T>(
  deps: Dependencies,
  work: (deps: Dependencies) => Promise<T>,
): Promise<T> {
  const { store } = deps;
  const paid = new Map<string, GatewayRef>();
  const payOwedChange: typeof store.payOwedChange = async (fence, routerId, owed) => {
    const isCurrent = await store.payOwedChange(fence, routerId, owed);
    if (isCurrent) paid.set(workflowIdOf(owed.gateway), owed.gateway);
    return isCurrent;
  };
  try {
    return await work({ ...deps, store: { ...store, payOwedChange } });
  } finally {
    await Promise.allSettled([...paid.values()].map((gateway) => wakeWaiters(store, gateway)));
  }
}
