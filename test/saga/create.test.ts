import assert from 'node:assert/strict';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('creating a gateway', function () {
  this.timeout(180_000);
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  it('puts it on both routers and says so', async () => {
    const gateway = world.gateway('vpn_gateway');
    const outcome = await world.create(gateway);
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    const { primary, secondary } = world.pairOf(gateway);
    assert.match(primary.device.running(), /apply-groups VPNGW1-VRRP/);
    assert.match(secondary.device.running(), /apply-groups VPNGW2-VRRP/);
    assert.deepEqual(await world.state(gateway), {
      state: {
        state_monitoring: '{"downlink": "ACTIVE"}',
        worker_state: 'CREATE_COMPLETED',
        heat_outputs: '[]',
      },
      version: 1,
      error: '',
    });
  });
});
