/** A hold that is asked for on the page of a pair which is about to end. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { BEGIN_MAINTENANCE_UPDATE, ROUTER_PAIR, WAKE_PAIR_SIGNAL, pairIdOf } from '../../pair/messages.ts';
import type { HoldRequest } from '../../pair/messages.ts';
import { kindRouters } from './kind-routers.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

describe('a maintenance hold that is asked for at a pair', function () {
  this.timeout(60_000);
  const routers = [randomUUID(), randomUUID()].sort() as [string, string];
  const held: HoldRequest[] = [];
  let scene: WorkflowScene;
  before(async () => {
    scene = await openWorkflows('owing-workflows.ts', {
      ...kindRouters().activities,
      endReservation: async () => [],
      // Longer than the pair lingers.
      beginMaintenance: async (request: HoldRequest) => {
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        held.push(request);
      },
    });
  });
  after(() => scene.close());

  it('is answered before the pair ends', async () => {
    const handle = await scene.client.signalWithStart(ROUTER_PAIR, {
      workflowId: pairIdOf(routers),
      taskQueue: scene.taskQueue,
      args: [{ routers }],
      signal: WAKE_PAIR_SIGNAL,
      signalArgs: [],
    });
    const request = { router: routers[0], reason: 'new line card', by: 'alice' };
    await handle.executeUpdate<void, [HoldRequest]>(BEGIN_MAINTENANCE_UPDATE, { args: [request] });
    assert.deepEqual(held, [request]);
    await handle.result();
  });
});
