/** A test's own workflows on a real server. A worker in this process serves them, and nothing else. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { installQuietRuntime } from '../world/quiet-runtime.ts';
import { sharedStack } from '../world/stack.ts';

type AnyWorkflow = (...args: never[]) => Promise<unknown>;

export interface WorkflowScene {
  /** Runs a workflow to its end. */
  execute<W extends AnyWorkflow>(type: string, ...args: Parameters<W>): Promise<Awaited<ReturnType<W>>>;
  close(): Promise<void>;
}

/** `file`: name of a file in this folder, which exports the workflows. */
export async function openWorkflows(file: string, activities: object = {}): Promise<WorkflowScene> {
  installQuietRuntime();
  const { temporal } = await sharedStack();
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(file, import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const taskQueue = `workflows-${randomUUID()}`;
  const native = await NativeConnection.connect({ address: temporal.address });
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle, activities });
  const running = worker.run();
  const connection = await Connection.connect({ address: temporal.address });
  const { workflow } = new Client({ connection });
  return {
    async execute(type, ...args) {
      const started = { taskQueue, workflowId: randomUUID(), args };
      return (await workflow.execute(type, started)) as never;
    },
    async close() {
      worker.shutdown();
      await running;
      await connection.close();
      await native.close();
    },
  };
}
