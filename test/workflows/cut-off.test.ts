import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

describe('a task of the watch that is cut off', function () {
  this.timeout(90_000);
  let scene: WorkflowScene;
  before(async () => {
    scene = await openWorkflows('cut-off-workflows.ts', {}, { isLate: true, taskMs: 5_000 });
  });
  after(() => scene.close());

  it('does not end the worker with all its other workflows', async () => {
    const { client, taskQueue } = scene;
    const handle = client.getHandle(`cut-off-${randomUUID()}`);
    const { workflowId } = handle;
    await client.signalWithStart('cutOffWatch', { workflowId, taskQueue, args: [], signal: 'never end' });
    await scene.startWorker();
    const failed = async () => {
      const { events } = await handle.fetchHistory();
      return events?.some((event) => event.workflowTaskFailedEventAttributes) === true;
    };
    while (!(await failed())) await setTimeout(100);
    assert.equal(await scene.execute('other'), 'served');
    await handle.terminate();
  });
});
