import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { workflowBundle } from '../../local/workflow-bundle.ts';
import { WORKER_SETTINGS } from '../../worker/settings.ts';
import { installQuietRuntime } from '../world/quiet-runtime.ts';
import { sharedStack } from '../world/stack.ts';

/** After this the server gives a workflow task to another worker. */
const TASK_MS = 10_000;

describe('the settings of a worker', function () {
  this.timeout(60_000);

  it('do not let a slow machine interrupt a workflow before the server gives its task up, which would end the worker', async () => {
    installQuietRuntime();
    const { address, namespace } = (await sharedStack()).temporal;
    const connection = await NativeConnection.connect({ address });
    try {
      const worker = await Worker.create({
        ...WORKER_SETTINGS,
        connection,
        namespace,
        taskQueue: 'settings',
        workflowBundle: { code: await readFile(await workflowBundle(), 'utf8') },
      });
      await worker.runUntil(Promise.resolve());
      assert.ok(worker.options.isolateExecutionTimeoutMs > TASK_MS);
    } finally {
      await connection.close();
    }
  });
});
