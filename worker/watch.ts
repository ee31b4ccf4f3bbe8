/** A worker's part in the watch over `/config`: it serves the watch's task queue, and sees to it that the workflow runs. */
import { setTimeout } from 'node:timers/promises';
import { Client, WorkflowNotFoundError } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { NativeConnection } from '@temporalio/worker';
import { createWatchActivities } from '../activities/watch/index.ts';
import type { WatchDependencies } from '../activities/watch/index.ts';
import { CARRIED_SCHEMAS } from '../gateway/carried.ts';
import { CONFIG_WATCH, CONFIG_WATCH_ID, WATCH_STATUS_QUERY, WATCH_TIMES } from '../gateway/config-watch.ts';
import type { WatchStatus } from '../gateway/config-watch.ts';
import { TASK_QUEUE } from '../gateway/messages.ts';
import { WATCH_SETTINGS, deploymentOf } from './settings.ts';
import { dataConverterOf } from './workflows.ts';
import type { WorkerOptions } from './options.ts';

/** Makes a worker with one slot. So while it is busy, or frozen, it polls for no further attempt, which it could not carry out. */
export function watchWorker(
  { temporal: { namespace }, codec, deployment }: Pick<WorkerOptions, 'temporal' | 'codec' | 'deployment'>,
  connection: NativeConnection,
  deps: WatchDependencies,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: CONFIG_WATCH_ID,
    dataConverter: dataConverterOf(codec),
    activities: createWatchActivities(deps),
    ...WATCH_SETTINGS,
    ...deploymentOf({ deployment }),
  });
}

/** How many times at most a worker asks how the workflow stood that does not run any more. After that it begins one that remembers nothing. */
const ASKED_AT_MOST = 4;

/**
 * Starts the workflow whenever it does not run: somebody may have terminated it, or Temporal may have lost it. The new run goes on from what the last one
 * knew, so a watch that was stopped stays stopped. Warns once while Temporal refuses. Resolves once the signal is aborted.
 */
export async function keepWatching(
  { temporal: { namespace }, codec }: Pick<WorkerOptions, 'temporal' | 'codec'>,
  connection: NativeConnection,
  { warn, signal }: { readonly warn: (words: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const client = new Client({ connection, namespace, dataConverter: dataConverterOf(codec) });
  let warned = false;
  for (let unanswered = 0; !signal.aborted;) {
    try {
      const last = await lastStatus(client);
      if (last !== 'running') await start(client, last);
      [warned, unanswered] = [false, 0];
    } catch (error) {
      const isUnanswered = error instanceof UnansweredError;
      if (isUnanswered) unanswered += 1;
      const isForgotten = isUnanswered && unanswered >= ASKED_AT_MOST;
      const reason = error instanceof Error ? error.message : String(error);
      if (!warned && !signal.aborted) warn(`the workflow ${CONFIG_WATCH_ID} can't be started: ${reason}`);
      warned = true;
      if (isForgotten) await start(client, undefined).catch(() => undefined);
    }
    await setTimeout(WATCH_TIMES.ensureMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Thrown when no worker tells how the workflow stood that does not run any more. */
class UnansweredError extends Error {}

/** How the last run stood when it was ended; `undefined`: there was none. Only a worker can tell, this one or another, by the run's history. */
async function lastStatus(client: Client): Promise<WatchStatus | 'running' | undefined> {
  const handle = client.workflow.getHandle(CONFIG_WATCH_ID);
  try {
    if ((await handle.describe()).status.name === 'RUNNING') return 'running';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
  try {
    const deadline = Date.now() + WATCH_TIMES.callMs;
    return await client.withDeadline(deadline, () => handle.query<WatchStatus>(WATCH_STATUS_QUERY));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnansweredError(`nobody tells whether it was stopped when it was ended: ${reason}`);
  }
}

async function start({ workflow }: Client, last: WatchStatus | undefined): Promise<void> {
  const carried = last && { ...last, active: false, schema: CARRIED_SCHEMAS['config watch'] };
  await workflow.start(CONFIG_WATCH, {
    workflowId: CONFIG_WATCH_ID,
    taskQueue: TASK_QUEUE,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: carried === undefined ? [] : [carried],
    staticSummary: 'asks for gateways whose configuration differs from /state',
  });
}
