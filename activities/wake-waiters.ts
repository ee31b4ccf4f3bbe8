/**
 * Wakes the gateways that wait for one whose change has ended. Called after each terminal write. A wake that comes twice does no harm: who is
 * woken looks again. If it is lost, because the worker dies before its retry, the waiter looks by itself after a while.
 */
import { partsOf } from '../gateway/lists.ts';
import { getClient, heartbeat } from '@temporalio/activity';
import { WAKE_SIGNAL } from '../gateway/messages.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import type { Store } from '../etcd/store.ts';
import type { Waiter } from '../etcd/waiting.ts';

/** How many are signalled at the same time. */
const AT_ONCE = 8;

export async function wakeWaiters(
  store: Pick<Store, 'waitersFor' | 'forgetWaiter'>,
  gateway: GatewayRef,
): Promise<void> {
  for await (const waiters of store.waitersFor(gateway)) {
    for (const some of partsOf(waiters, AT_ONCE)) {
      await Promise.all(some.map((waiter) => wake(store, waiter)));
      heartbeat();
    }
  }
}

async function wake(store: Pick<Store, 'forgetWaiter'>, waiter: Waiter): Promise<void> {
  try {
    await getClient().workflow.getHandle(workflowIdOf(waiter.gateway)).signal(WAKE_SIGNAL);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'WorkflowNotFoundError')) throw error;
    await store.forgetWaiter(waiter);
  }
}
