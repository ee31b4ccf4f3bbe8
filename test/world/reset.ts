/** Resets workflows, as `temporal workflow reset` does. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

type Event = temporal.api.history.v1.IHistoryEvent;

/**
 * Resets a run to the state before one of its workflow tasks. Without `runId`, resets the newest run. Signals that came since then are
 * sent again. Resolves to the id of the new run.
 *
 * @param taskOf gives the id of the event with which that workflow task was completed. If there is no such task, it gives `undefined`, or throws.
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
