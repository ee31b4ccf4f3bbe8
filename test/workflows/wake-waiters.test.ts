/** The workflow that wakes the many that wait for one gateway, over an activity that only counts. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { WAKE_SIGNAL, WAKE_WAITERS, wakesIdOf } from '../../gateway/messages.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

describe('the workflow that wakes many', function () {
  this.timeout(30_000);
  let scene: WorkflowScene;
  let listed: GatewayRef[];
  let list: () => Promise<void>;
  before(async () => {
    scene = await openWorkflows('../../workflows/wake-waiters.ts', {
      wakeWaiters: async (gateway: GatewayRef) => {
        listed.push(gateway);
        await list();
      },
    });
  });
  after(() => scene.close());
  beforeEach(() => {
    listed = [];
    list = async () => undefined;
  });

  const ended = (gateway: GatewayRef) =>
    scene.client.signalWithStart(WAKE_WAITERS, {
      workflowId: wakesIdOf(gateway),
      taskQueue: scene.taskQueue,
      args: [gateway],
      signal: WAKE_SIGNAL,
      signalArgs: [],
    });
  const gatewayOf = () => ({ resourceType: 'vpn_gateway', resourceId: randomUUID() });

  it('lists who waits anew, if a further change of the gateway ends meanwhile, and then ends', async () => {
    const gateway = gatewayOf();
    list = async () => {
      if (listed.length === 1) await ended(gateway);
    };
    await (await ended(gateway)).result();
    assert.deepEqual(listed, [gateway, gateway]);
  });

  it('goes on after an attempt that has died', async () => {
    const gateway = gatewayOf();
    list = async () => {
      if (listed.length === 1) throw new Error('the worker dies');
    };
    await (await ended(gateway)).result();
    assert.deepEqual(listed, [gateway, gateway]);
  });
});
