/** How those are woken that wait for one gateway, if they are many. */
import { TASK_QUEUE, WAKE_SIGNAL, wakesIdOf } from '../gateway/messages.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { PAIR_LIMITS } from './limits.ts';

/** The most that whoever wakes them signals himself: one batch. If more wait for one gateway, the workflow `WAKE_WAITERS` wakes them. */
export const FEW_WAITERS = PAIR_LIMITS.batch;

/** The options by which that workflow is started. If it runs already, the signal makes it list the waiters anew. */
export function wakingMany(awaited: GatewayRef, count: number) {
  const { resourceType, resourceId } = awaited;
  return {
    workflowId: wakesIdOf(awaited),
    taskQueue: TASK_QUEUE,
    args: [{ resourceType, resourceId }],
    signal: WAKE_SIGNAL,
    signalArgs: [],
    staticSummary: `wakes ${count} that wait for ${workflowIdOf(awaited)}`,
  };
}
