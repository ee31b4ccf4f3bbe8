/** Wakes gateways that wait, from outside a worker. A gateway that is woken looks again, so a wake too many does no harm. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { partsOf } from '../gateway/lists.ts';
import { WAKE_SIGNAL, WAKE_WAITERS } from '../gateway/messages.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { FEW_WAITERS, wakingMany } from '../pair/wakes.ts';
import { connectToTemporal, type ConnectOptions } from './connect.ts';
import type { Temporal } from './temporal.ts';

/** How many gateways are signalled at the same time. */
const AT_ONCE = 8;

/** A gateway, and those that wait for it. */
export interface Awaited {
  readonly gateway: GatewayRef;
  readonly waiters: readonly GatewayRef[];
}

/** How many gateways were woken, and how many a worker is to wake. One whose workflow is gone is not counted among those that were woken. */
export interface Woken {
  readonly woken: number;
  readonly left: number;
}

/**
 * Wakes them. Those that wait for one gateway are left to a worker if they are many: it wakes them only as fast as they go on.
 *
 * @throws {TemporalUnavailableError} if nothing answers there.
 */
export async function wake(awaited: readonly Awaited[], options: ConnectOptions): Promise<Woken> {
  const isFew = ({ waiters }: Awaited) => waiters.length <= FEW_WAITERS;
  const few = awaited.filter(isFew).flatMap(({ waiters }) => waiters);
  const many = awaited.filter((one) => !isFew(one));
  const temporal = await connectToTemporal(options);
  try {
    for (const some of partsOf(many, AT_ONCE)) await Promise.all(some.map((one) => letWake(temporal, one)));
    const each = [...new Map(few.map((gateway) => [workflowIdOf(gateway), gateway])).values()];
    let woken = 0;
    for (const some of partsOf(each, AT_ONCE)) {
      const are = await Promise.all(some.map((gateway) => isWoken(temporal, gateway)));
      woken += are.filter((is) => is).length;
    }
    return { woken, left: many.flatMap(({ waiters }) => waiters).length };
  } finally {
    await temporal.close();
  }
}

function letWake(temporal: Temporal, { gateway, waiters }: Awaited): Promise<unknown> {
  const { workflow } = temporal.client;
  return temporal.call(() => workflow.signalWithStart(WAKE_WAITERS, wakingMany(gateway, waiters.length)));
}

/** Resolves to whether there is a workflow to be woken. */
async function isWoken(temporal: Temporal, gateway: GatewayRef): Promise<boolean> {
  const handle = temporal.client.workflow.getHandle(workflowIdOf(gateway));
  try {
    await temporal.call(() => handle.signal(WAKE_SIGNAL));
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
