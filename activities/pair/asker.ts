import { getClient } from '@temporalio/activity';

/** Whether a run of a workflow, by default its newest, is running. */
export async function isRunning(workflowId: string, runId?: string): Promise<boolean> {
  try {
    const { status } = await getClient().workflow.getHandle(workflowId, runId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false;
    throw error;
  }
}
