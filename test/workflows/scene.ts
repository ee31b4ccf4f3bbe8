/** A test's own workflows on a real server. A worker in this process serves them, and nothing else. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowClient } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { WORKER_SETTINGS } from '../../worker/settings.ts';
import { sinksOf } from '../../worker/sinks.ts';
import type { SinkListeners } from '../../worker/sinks.ts';
import { installQuietRuntime } from '../world/quiet-runtime.ts';
import { sharedStack } from '../world/stack.ts';

type AnyWorkflow = (...args: never[]) => Promise<unknown>;

export interface WorkflowScene {
  /** Runs a workflow to its end. */
  execute<W extends AnyWorkflow>(type: string, ...args: Parameters<W>): Promise<Awaited<ReturnType<W>>>;
  readonly client: WorkflowClient;
  readonly taskQueue: string;
  /** Starts the worker, if it does not run. */
  startWorker(): Promise<void>;
  close(): Promise<void>;
}

const bundles = new Map<string, Promise<WorkflowBundleWithSourceMap>>();

/** Each takes two seconds, so specs of one process share them. */
function bundleOf(file: string): Promise<WorkflowBundleWithSourceMap> {
  const bundle =
    bundles.get(file) ??
    bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL(file, import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
  bundles.set(file, bundle);
  return bundle;
}

export interface SceneOptions {
  /** The worker is started later. Default: false. */
  readonly isLate?: boolean;
  /** After so long a workflow task is cut off, in ms. Default: as the product's worker does it. */
  readonly taskMs?: number;
  /** They hear what the workflows tell. Default: nobody does. */
  readonly listeners?: SinkListeners;
}

/** `file`: name of a file in this folder, which exports the workflows. */
export async function openWorkflows(
  file: string,
  activities: object = {},
  { isLate = false, taskMs = WORKER_SETTINGS.isolateExecutionTimeout, listeners }: SceneOptions = {},
): Promise<WorkflowScene> {
  installQuietRuntime();
  const { temporal } = await sharedStack();
  const workflowBundle = await bundleOf(file);
  const taskQueue = `workflows-${randomUUID()}`;
  const native = await NativeConnection.connect({ address: temporal.address });
  // The SDK takes this option, and its types don't know it.
  const limits = { isolateExecutionTimeout: taskMs };
  let stop = async () => {};
  const startWorker = async () => {
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle,
      activities,
      sinks: sinksOf(listeners),
      ...limits,
      // An activity hears of a cancel from the reply to a heartbeat.
      defaultHeartbeatThrottleInterval: 50,
      maxHeartbeatThrottleInterval: 50,
    });
    const running = worker.run();
    stop = async () => {
      worker.shutdown();
      await running;
    };
  };
  if (!isLate) await startWorker();
  const connection = await Connection.connect({ address: temporal.address });
  const { workflow } = new Client({ connection });
  return {
    client: workflow,
    taskQueue,
    startWorker,
    async execute(type, ...args) {
      const started = { taskQueue, workflowId: randomUUID(), args };
      return (await workflow.execute(type, started)) as never;
    },
    async close() {
      await stop();
      await connection.close();
      await native.close();
    },
  };
}
