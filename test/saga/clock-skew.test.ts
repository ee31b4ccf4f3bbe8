import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { NativeConnection } from '@temporalio/worker';
import { clockSkew } from '../../worker/clock-skew.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe("a worker's clock, measured against a real server", function () {
  this.timeout(30_000);
  let world: World;
  let connection: NativeConnection;
  const startedAt = Date.now();
  before(async () => {
    world = await openWorld();
    connection = await NativeConnection.connect({ address: world.stack.temporal.address });
  });
  after(async () => {
    await connection.close();
    await world.close();
  });

  it('is right on the machine of the server, and unknown for a worker that does not poll', async () => {
    const { namespace } = world.stack.temporal;
    await world.create(world.gateway('vpn_gateway'));
    const identity = `${process.pid}@${hostname()}`;
    const skew = await clockSkew(connection, { namespace, identity, startedAt });
    assert.ok(skew && skew.from <= 0 && skew.to >= 0 && skew.to < 20_000, JSON.stringify(skew));
    assert.equal(await clockSkew(connection, { namespace, identity: 'nobody', startedAt }), undefined);
  });
});
