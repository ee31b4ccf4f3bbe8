/** Resetting a workflow to anywhere. */
import type { Client } from '@temporalio/client';
import { reset } from '../../world/reset.ts';

/** Begins the newest run anew from before one of its tasks. `share`: how much of it stays, from 0 up to, but not including, 1. */
export async function resetTo(client: Client, workflowId: string, share: number): Promise<void> {
  await reset(client, { workflowId }, (events) => {
    const tasks = events.filter(({ workflowTaskCompletedEventAttributes: done }) => done);
    return tasks[Math.floor(share * tasks.length)]?.eventId;
  });
}
