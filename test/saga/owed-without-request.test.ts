import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { QUEUE_QUERY, pairIdOf } from '../../pair/messages.ts';
import type { PairQueue } from '../../pair/messages.ts';
import { wakeOwingPairs } from '../../worker/wake-owing-pairs.ts';
import { keysOf } from '../world/evidence.ts';
import { assertCandidatesFree, assertCreatedNext } from '../world/failure.ts';
import { failCreationOwing } from '../world/failure-owing.ts';
import { Meanwhile } from '../world/meanwhile.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('the undo of a creation that failed', function () {
  this.timeout(60_000);
  let world: World;
  let number = 0;
  const meanwhile = new Meanwhile();
  before(async () => {
    world = await openWorld({ wrap: meanwhile.wrap, policy: { settlePatienceMs: 1_500 }, short: 'looks' });
  });
  afterEach(() => assertCandidatesFree(world));
  after(() => world.close());

  for (const [what, isTerminated] of [
    ['', false],
    [', though its pair was terminated, once a worker starts', true],
  ] as const)
    it(`is finished without a request soon after the router’s return${what}`, async () => {
      const gateway = world.gateway('vpn_gateway', (number += 1));
      const { primary, secondary } = world.pairOf(gateway);
      const pair = world.temporal.workflow.getHandle(pairIdOf([primary.id, secondary.id]));
      const old = await failCreationOwing(world, meanwhile, gateway);
      const back = Date.now();
      secondary.server.setReachable(true);
      if (isTerminated) {
        await pair.terminate();
        const { signal } = new AbortController();
        await wakeOwingPairs(world.store, world.temporal.workflow, { warn: assert.fail, signal });
      }
      while (
        (await pair.query<PairQueue>(QUEUE_QUERY)).owing !== undefined ||
        secondary.device.running().includes(old)
      ) {
        assert.ok(Date.now() - back < 20_000, 'it is still there');
        await setTimeout(100);
      }
      const keys = Object.keys(await keysOf(world, gateway));
      assert.deepEqual(
        keys.filter((key) => key.startsWith('/gateway-saga/')),
        [],
      );
      await assertCreatedNext(world, gateway);
    });
});
