import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { assertUntouched, tracesOf } from '../world/evidence.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('a record of ours that can not be read', function () {
  this.timeout(30_000);
  let world: World;
  let number = 0;
  before(async () => {
    world = await openWorld({ pairs: 3 });
  });
  after(() => world.close());

  for (const [pair, what, keyOf] of [
    [0, 'of the gateway', (gateway: { resourceType: string; resourceId: string }) => KEYS.plan(gateway)],
    [1, 'of a router', (_: unknown, router: string) => KEYS.router(router)],
    [2, 'of what a router owes', (_: unknown, router: string) => `${KEYS.debts(router)}vpn_gateways/x/1:0`],
  ] as const) {
    it(`${what} ends the creation, with the key and what is wrong, and touches no router`, async () => {
      const gateway = world.gateway('vpn_gateway', (number += 1), pair);
      const traces = tracesOf(world.routers);
      const key = keyOf(gateway, world.pairOf(gateway).secondary.id);
      await world.etcd.write('test', { unchanged: [], put: [{ key, value: Buffer.from('nonsense') }] });
      const outcome = await world.create(gateway);
      await world.etcd.write('test', { unchanged: [], put: [], remove: [key] });
      assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.StoreCorrupt, JSON.stringify(outcome));
      assert.ok(outcome.message.startsWith(`The record at ${key} can't be read: it `), outcome.message);
      assert.deepEqual(outcome.compensation, []);
      const [state, ...others] = (await world.history(KEYS.state(gateway))) as { error: string }[];
      assert.deepEqual([state?.error, others], [outcome.message, []]);
      assertUntouched(world.routers, traces);
    });
  }
});
