/** Resetting a workflow to a point before one of its activities, as `temporal workflow reset` does it. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Activities } from '../../activities/index.ts';

/**
 * Begins a run, the newest unless told otherwise, anew from before the last time that it asked for that activity. What was signalled since is
 * signalled again. Resolves to the id of the new run.
 */
export async function resetBefore(
  { workflow, workflowService, options }: Client,
  workflowId: string,
  activity: keyof Activities,
  run?: string,
): Promise<string> {
  const handle = workflow.getHandle(workflowId, run);
  const { events } = await handle.fetchHistory();
  const asked = events?.findLast(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === activity,
  );
  if (asked === undefined) throw new Error(`${workflowId}: expected it to have asked for ${activity}`);
  const { runId } = await handle.describe();
  const answer = await workflowService.resetWorkflowExecution({
    namespace: options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'by an operator',
    requestId: randomUUID(),
    workflowTaskFinishEventId: asked.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId,
  });
  return answer.runId;
}
