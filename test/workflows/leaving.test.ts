/** A pair that continues as new says so, because another worker may take the next run. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { REQUEST_SIGNAL, pairIdOf } from '../../pair/messages.ts';
import type { PairRequest } from '../../pair/messages.ts';
import type { QueueSizes } from '../../pair/queue.ts';
import { kindRouters } from './kind-routers.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

describe('a pair that continues as new while its batch is on trial', function () {
  this.timeout(30_000);
  const routers = [randomUUID(), randomUUID()].sort() as [string, string];
  const told: QueueSizes[] = [];
  let scene: WorkflowScene;
  before(async () => {
    const activities = { ...kindRouters().activities, answer: async () => ['delivered'] };
    const listeners = { pairs: [(sizes: QueueSizes) => told.push(sizes)] };
    scene = await openWorkflows('hesitating-workflows.ts', activities, { listeners });
  });
  after(() => scene.close());

  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('tells its worker that it leaves, and in the next run since when the batch has been on trial', async () => {
    const pair = await scene.client.start('hesitatingPair', {
      workflowId: `${pairIdOf(routers)}-${randomUUID()}`,
      taskQueue: scene.taskQueue,
      args: [{ routers }],
    });
    const request: PairRequest = {
      gateway: { resourceType: 'vpn_gateway', resourceId: 'a', version: 1 },
      run: 'one',
      name: 'a',
      sequence: 1,
      replyTo: { workflowId: 'vpn_gateway:a', runId: 'one', activityId: 'apply' },
      action: { kind: 'apply' },
    };
    await pair.signal(REQUEST_SIGNAL, request);
    await until(() => told.at(-1)?.onTrial === 1);
    const before = told.length;
    await pair.signal('suggest', true);
    await until(() => told.slice(before).some(({ isLeaving }) => isLeaving !== true));
    const last = told.findIndex(({ isLeaving }) => isLeaving);
    const [leaving, next] = [told[last], told[last + 1]];
    assert.deepEqual([leaving?.onTrial, next?.onTrial, next?.isLeaving], [1, 1, undefined]);
    assert.ok(leaving?.trialSince);
    assert.equal(next?.trialSince, leaving.trialSince);
    await scene.client.getHandle(pair.workflowId).terminate();
  });
});
