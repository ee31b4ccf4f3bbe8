/** Resetting a workflow, as `temporal workflow reset` does it. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

type Event = temporal.api.history.v1.IHistoryEvent;

/**
 * Begins a run, the newest unless told otherwise, anew from before one of its workflow tasks. What was signalled since is signalled
 * again. Resolves to the id of the new run.
 *
 * @param taskOf which one, by the id of the event that it was completed with; throws, or gives none, if there is none
 */
export async function reset(
  { workflow, workflowService, options }: Client,
  { workflowId, runId: run }: { readonly workflowId: string; readonly runId?: string | undefined },
  taskOf: (events: readonly Event[]) => Event['eventId'],
): Promise<string> {
  const { runId } = await workflow.getHandle(workflowId, run).describe();
  const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
  const task = taskOf(events ?? []);
  if (!task) throw new Error(`${workflowId}: expected a task to begin anew from, got none`);
  const answer = await workflowService.resetWorkflowExecution({
    namespace: options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'by an operator',
    requestId: randomUUID(),
    workflowTaskFinishEventId: task,
  });
  return answer.runId;
}
