/**
 * Wakes the gateways that wait for one gateway whose change has ended, if they are many. The activity does the work.
 *
 * 1. The workflow is signalled after the terminal write, and after the signal its activity lists who waits. So nobody is missed who waited at that
 *    write.
 * 2. Terminating or resetting the workflow loses no gateway: one that is not woken looks by itself after a while, and a wake that comes twice does no
 *    harm.
 */
import { ActivityCancellationType, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import { WAKE_SIGNAL } from '../gateway/messages.ts';
import { ACTIVITY_TIMES } from '../gateway/policies.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import type { Activities } from '../activities/index.ts';

const activities = proxyActivities<Pick<Activities, 'wakeWaiters'>>({
  ...ACTIVITY_TIMES.wakes,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});
const wakeSignal = defineSignal(WAKE_SIGNAL);

export async function wakeWaiters(gateway: GatewayRef): Promise<void> {
  let asked = 0;
  setHandler(wakeSignal, () => void (asked += 1), {
    description: 'A change of the gateway has ended: lists anew who waits for it, and wakes them',
  });
  const summary = `who wait for ${workflowIdOf(gateway)}`;
  for (let heard = -1; heard !== asked;) {
    heard = asked;
    await activities.wakeWaiters.executeWithOptions({ summary }, [gateway]);
  }
}
