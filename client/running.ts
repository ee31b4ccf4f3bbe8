import { WorkflowNotFoundError } from '@temporalio/client';
import type { Action } from '../gateway/change.ts';
import { partsOf } from '../gateway/lists.ts';
import { SEARCH_ATTRIBUTES, WORKFLOWS } from '../gateway/messages.ts';
import { WORKFLOW_TYPES } from './start.ts';
import type { Temporal } from './temporal.ts';

/** How many workflows are described at a time. */
const AT_ONCE = 16;

/** Ids of all workflows that run in the namespace, sagas and pairs among them. Temporal's list may lag behind by a moment. */
export async function runningWorkflows(temporal: Temporal): Promise<ReadonlySet<string>> {
  return temporal.call(async () => {
    const ids = new Set<string>();
    const query = "ExecutionStatus = 'Running'";
    for await (const { workflowId } of temporal.client.workflow.list({ query })) ids.add(workflowId);
    return ids;
  });
}

/** Which of these workflows run. Each is asked for by its id, so that nothing lags behind. */
export async function runningAmong(
  temporal: Temporal,
  workflowIds: readonly string[],
): Promise<readonly string[]> {
  const isRunning = async (workflowId: string) => {
    try {
      const handle = temporal.client.workflow.getHandle(workflowId);
      return (await temporal.call(() => handle.describe())).status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
  const found: string[] = [];
  for (const some of partsOf(workflowIds, AT_ONCE)) {
    const runs = await Promise.all(some.map(isRunning));
    found.push(...some.filter((_, index) => runs[index]));
  }
  return found;
}

/** A saga that runs. */
export interface RunningChange {
  readonly since: Date;
  /** `null`: not planned yet, or the namespace lacks the search attributes. */
  readonly action: Action | null;
}

const OF_SAGAS = `WorkflowType IN (${Object.values(WORKFLOW_TYPES)
  .map((type) => `'${type}'`)
  .join(', ')})`;

/** The sagas that run, by workflow id. Temporal's list may lag behind by a moment. */
export async function runningChanges(temporal: Temporal): Promise<ReadonlyMap<string, RunningChange>> {
  const query = `${OF_SAGAS} AND ExecutionStatus = 'Running'`;
  return temporal.call(async () => {
    const found = new Map<string, RunningChange>();
    for await (const { workflowId, startTime, type, searchAttributes } of temporal.client.workflow.list({
      query,
    })) {
      const named = searchAttributes[SEARCH_ATTRIBUTES.action.name]?.[0];
      const action = isAction(named) ? named : (actionOfType(type) ?? null);
      found.set(workflowId, { since: startTime, action });
    }
    return found;
  });
}

/** The sagas that have ended since `since`, by workflow id, each with the time of its last end. Temporal forgets them after its retention time. */
export async function endedChanges(temporal: Temporal, since: Date): Promise<ReadonlyMap<string, Date>> {
  const query = `${OF_SAGAS} AND ExecutionStatus != 'Running' AND CloseTime >= '${since.toISOString()}'`;
  return temporal.call(async () => {
    const found = new Map<string, Date>();
    for await (const { workflowId, closeTime } of temporal.client.workflow.list({ query }))
      if (closeTime && closeTime > (found.get(workflowId) ?? since)) found.set(workflowId, closeTime);
    return found;
  });
}

function actionOfType(type: string): Action | undefined {
  return (Object.keys(WORKFLOWS) as Action[]).find((action) => WORKFLOWS[action] === type);
}

function isAction(word: unknown): word is Action {
  return typeof word === 'string' && Object.hasOwn(WORKFLOWS, word);
}
