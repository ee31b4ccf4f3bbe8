import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import type { GatewayResult } from '../../gateway/plan.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { assertUntouched, tracesOf } from '../world/evidence.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { resetBefore } from './resets.ts';

describe('a creation that is reset after its /state promised the gateway', function () {
  this.timeout(40_000);
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(async () => {
    await world.close();
  });

  for (const to of ['requestApply', 'requestConfirm'] as const) {
    it(`to before its ${to}, with a pair that has forgotten it, ends as created, and no router is changed`, async () => {
      const gateway = world.gateway('vpn_gateway', to === 'requestApply' ? 1 : 2);
      assert.equal((await world.create(gateway)).kind, 'created');
      const { primary, secondary } = world.pairOf(gateway);
      await world.temporal.workflow.getHandle(pairIdOf([primary.id, secondary.id])).terminate('to forget');
      const traces = tracesOf(world.routers);
      const runId = await resetBefore(world.temporal, workflowIdOf(gateway), to);
      const result = (await world.temporal.workflow
        .getHandle(workflowIdOf(gateway), runId)
        .result()) as GatewayResult;
      assert.equal(result.outcome, 'created');
      assert.equal(result.alreadyEnded, to === 'requestApply');
      assertUntouched(world.routers, traces);
      assert.equal((await world.history(KEYS.state(gateway))).length, 1);
    });
  }
});
