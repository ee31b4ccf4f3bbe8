import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { installQuietRuntime } from '../world/quiet-runtime.ts';
import { sharedStack } from '../world/stack.ts';
import type { compensating, Undone } from './compensating.ts';

describe('undoing', function () {
  this.timeout(30_000);
  const taskQueue = `compensating-${randomUUID()}`;
  let connection: Connection;
  let native: NativeConnection;
  let worker: Worker;
  let running: Promise<void>;
  let undo: (...names: string[]) => Promise<Undone>;
  before(async () => {
    installQuietRuntime();
    const { temporal } = await sharedStack();
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('compensating.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
    native = await NativeConnection.connect({ address: temporal.address });
    worker = await Worker.create({ connection: native, taskQueue, workflowBundle });
    running = worker.run();
    connection = await Connection.connect({ address: temporal.address });
    const { workflow } = new Client({ connection });
    undo = (...names) =>
      workflow.execute<typeof compensating>('compensating', {
        taskQueue,
        workflowId: randomUUID(),
        args: [names],
      });
  });
  after(async () => {
    worker.shutdown();
    await running;
    await connection.close();
    await native.close();
  });

  it('goes from the last to the first, once', async () => {
    assert.deepEqual(await undo('one', 'two', 'three'), { done: ['three', 'two', 'one'], failed: [[], []] });
  });

  it('goes on when one fails, and tells which and why', async () => {
    assert.deepEqual(await undo('one', '!two', 'three', '!four'), {
      done: ['!four', 'three', '!two', 'one'],
      failed: [['!four: !four is stuck', '!two: !two is stuck'], []],
    });
  });

  it('of nothing is nothing', async () => {
    assert.deepEqual(await undo(), { done: [], failed: [[], []] });
  });
});
