import assert from 'node:assert/strict';
import type { GatewayRef } from '../../gateway/resource.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { KEYS } from '../../etcd/keys.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { removeKeys } from '../world/evidence.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

/** More than five of it would exceed what Temporal takes as one command. */
const LONG = '長'.repeat(166_000);

describe('gateways with names of 500 kB', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  const written: string[] = [];
  after(async () => {
    // Other tests list these keys, and an answer of more than 4 MB is refused.
    if (written.length > 0) await removeKeys(world, written);
    await world.close();
  });

  it('are created as any others, do not delay them, and their records keep the whole name', async () => {
    const gateways = Array.from({ length: 6 }, (_, number) => world.gateway('vpn_gateway', number));
    const long = gateways.slice(0, 5);
    for (const [number, { gateway }] of long.entries()) gateway.body['name'] = `${number} ${LONG}`;
    for (const gateway of gateways) await world.write(gateway);
    written.push(...long.map(KEYS.gatewayConfig));
    const runs = await Promise.all(gateways.map((gateway) => world.client.create(gateway)));
    const outcomes = await Promise.all(runs.map((run) => run.result()));
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      gateways.map(() => 'created'),
    );
    for (const gateway of long) {
      const jobs = await jobsOf(gateway);
      assert.equal(jobs.length, 2);
      for (const job of jobs) assert.ok(JSON.stringify(job).includes(LONG), 'a job lacks the whole name');
    }
    const [one, other] = world.routers;
    assert.ok(one && other);
    for (const workflowId of [...gateways.map(workflowIdOf), pairIdOf([one.id, other.id])]) {
      const { historySize } = await world.temporal.workflow.getHandle(workflowId).describe();
      assert.ok(historySize !== undefined && historySize < 256 * 1024, `${workflowId}: ${historySize} bytes`);
    }
  });

  async function jobsOf(gateway: GatewayRef): Promise<unknown[]> {
    const plan = (await world.history(KEYS.plan(gateway))).at(-1) as {
      readonly jobs: Record<string, string>;
    };
    const keys = Object.values(plan.jobs).map(KEYS.job);
    written.push(...keys);
    return Promise.all(keys.map(async (key) => (await world.history(key)).at(-1)));
  }
});
