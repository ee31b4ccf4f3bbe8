/** Resetting a workflow, as `temporal workflow reset` does it. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

/** Begins the newest run anew from before one of its tasks. `share`: how much of it stays, from 0 up to, but not including, 1. */
export async function resetTo(
  { workflow, workflowService, options }: Client,
  workflowId: string,
  share: number,
): Promise<void> {
  const handle = workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
  const tasks = (events ?? []).filter(({ workflowTaskCompletedEventAttributes: done }) => done);
  const task = tasks[Math.floor(share * tasks.length)];
  if (task === undefined) throw new Error(`${workflowId}: expected a task that was done, got none`);
  await workflowService.resetWorkflowExecution({
    namespace: options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'by somebody',
    requestId: randomUUID(),
    workflowTaskFinishEventId: task.eventId,
  });
}
