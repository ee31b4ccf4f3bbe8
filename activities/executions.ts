/** What Temporal knows of other workflows' executions. */
import { getClient } from '@temporalio/activity';
import type { ReplyTo } from '../pair/messages.ts';

/** The client of an activity's context. It may be used after the activity has ended, for as long as the worker lives. */
export type Client = ReturnType<typeof getClient>;

/** A run of a workflow, and the first run of its chain. A chain grows when a run continues as new or is reset. */
export interface Execution {
  readonly runId: string;
  readonly firstRunId: string;
  readonly isRunning: boolean;
}

/** Whether the newest run of a workflow is running. */
export async function isRunning(workflowId: string): Promise<boolean> {
  return (await executionOf(getClient(), workflowId))?.isRunning ?? false;
}

/** The named run of a workflow, or its newest one. `undefined`: there is none. */
export async function executionOf(
  client: Client,
  workflowId: string,
  run?: string,
): Promise<Execution | undefined> {
  const found = await describe(client, workflowId, run);
  if (found === undefined) return undefined;
  const { runId, status, raw } = found;
  const firstRunId = raw.workflowExecutionInfo?.firstRunId || runId;
  return { runId, firstRunId, isRunning: status.name === 'RUNNING' };
}

/** Whether the activity still waits for its answer. */
export async function isWaiting(
  { workflowId, runId, activityId }: ReplyTo,
  client: Client,
): Promise<boolean> {
  const found = await describe(client, workflowId, runId);
  return found?.raw.pendingActivities?.some((pending) => pending.activityId === activityId) ?? false;
}

async function describe({ workflow }: Client, workflowId: string, runId?: string) {
  try {
    return await workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return undefined;
    throw error;
  }
}
