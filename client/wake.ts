/** Wakes gateways that wait, from outside a worker. A gateway that is woken looks again, so a wake too many does no harm. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { partsOf } from '../gateway/lists.ts';
import { WAKE_SIGNAL } from '../gateway/messages.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { connectToTemporal, type ConnectOptions } from './connect.ts';

/** How many gateways are signalled at the same time. */
const AT_ONCE = 8;

/**
 * Resolves to how many gateways were woken. One whose workflow is gone does not count.
 *
 * @throws {TemporalUnavailableError} if nothing answers there.
 */
export async function wake(gateways: readonly GatewayRef[], options: ConnectOptions): Promise<number> {
  if (gateways.length === 0) return 0;
  const temporal = await connectToTemporal(options);
  try {
    let woken = 0;
    for (const some of partsOf(gateways, AT_ONCE))
      await Promise.all(
        some.map(async (gateway) => {
          const handle = temporal.client.workflow.getHandle(workflowIdOf(gateway));
          try {
            await temporal.call(() => handle.signal(WAKE_SIGNAL));
            woken += 1;
          } catch (error) {
            if (!(error instanceof WorkflowNotFoundError)) throw error;
          }
        }),
      );
    return woken;
  } finally {
    await temporal.close();
  }
}
