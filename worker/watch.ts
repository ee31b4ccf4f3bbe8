/** A worker's part in the watch over `/config`: it serves the watch's task queue, and sees to it that the workflow runs. */
import { setTimeout } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { NativeConnection } from '@temporalio/worker';
import { createWatchActivities } from '../activities/watch/index.ts';
import type { WatchDependencies } from '../activities/watch/index.ts';
import { CONFIG_WATCH, CONFIG_WATCH_ID, WATCH_TIMES } from '../gateway/config-watch.ts';
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

/**
 * Starts the workflow whenever it does not run: somebody may have terminated it, or Temporal may have lost it. The workflow of a watch that was stopped
 * runs, too, and the watch stays stopped. Warns once while Temporal refuses. Resolves once the signal is aborted.
 */
export async function keepWatching(
  connection: NativeConnection,
  namespace: string,
  { warn, signal }: { readonly warn: (words: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const { workflow } = new Client({ connection, namespace });
  let warned = false;
  while (!signal.aborted) {
    try {
      await workflow.start(CONFIG_WATCH, {
        workflowId: CONFIG_WATCH_ID,
        taskQueue: TASK_QUEUE,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        args: [],
        staticSummary: 'asks for gateways whose configuration differs from /state',
      });
      warned = false;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!warned && !signal.aborted) warn(`the workflow ${CONFIG_WATCH_ID} can't be started: ${reason}`);
      warned = true;
    }
    await setTimeout(WATCH_TIMES.ensureMs, undefined, { signal }).catch(() => undefined);
  }
}
