/** Resets a workflow to any of its tasks. */
import type { Client } from '@temporalio/client';
import { reset } from '../../world/reset.ts';

/** Resets the newest run of a workflow to before one of its tasks. `share`: how much of the run stays, from 0 up to, but not including, 1. */
export async function resetTo(client: Client, workflowId: string, share: number): Promise<void> {
  await reset(client, { workflowId }, (events) => {
    const tasks = events.filter(({ workflowTaskCompletedEventAttributes: done }) => done);
    return tasks[Math.floor(share * tasks.length)]?.eventId;
  });
}
