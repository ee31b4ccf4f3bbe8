import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { putRaw, revisionOf, tracesOf } from '../world/evidence.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('a gateway that stands', function () {
  this.timeout(30_000);
  let world: World;
  let number = 0;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  async function standing(): Promise<TestGateway> {
    const gateway = world.gateway('vpn_gateway', (number += 1));
    const outcome = await world.create(gateway);
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    return gateway;
  }

  async function moveTo(gateway: TestGateway, version: number): Promise<void> {
    gateway.gateway.version = version;
    await putRaw(world, recordOf(gateway.gateway).key, recordOf(gateway.gateway).value);
  }

  /** Requests the creation again, and asserts that nothing was changed. */
  async function requestAgain(gateway: TestGateway, version?: number) {
    const before = { routers: tracesOf(world.routers), revision: await revisionOf(world) };
    const { resourceType, resourceId } = gateway;
    const request = { resourceType, resourceId, ...(version === undefined ? {} : { version }) };
    const outcome = await (await world.client.create(request)).result();
    assert.equal(await revisionOf(world), before.revision, 'something was written');
    assert.deepEqual(tracesOf(world.routers), before.routers);
    return outcome;
  }

  it('is not created again: its outcome comes back', async () => {
    const gateway = await standing();
    for (const version of [undefined, 1]) {
      const { resourceType, resourceId } = gateway;
      assert.deepEqual(await requestAgain(gateway, version), {
        kind: 'created',
        gateway: { resourceType, resourceId, version: 1 },
        alreadyEnded: true,
      });
    }
  });

  it('is not created at a newer version, and says what would be right', async () => {
    const gateway = await standing();
    await moveTo(gateway, 2);
    const outcome = await requestAgain(gateway);
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.type, FAILURES.InvalidRequest);
    assert.match(
      outcome.message,
      /^create: expected update for \S+vpn_gateways\/\S+ .*; start updateGateway /,
    );
  });

  it('is found under the requested version, also when its configuration has moved on', async () => {
    const gateway = await standing();
    await moveTo(gateway, 2);
    const outcome = await requestAgain(gateway, 1);
    assert.equal(outcome.kind, 'created');
  });

  it('is not touched for a configuration that is older than what is known', async () => {
    const gateway = world.gateway('vpn_gateway', (number += 1));
    gateway.gateway.version = 3;
    assert.equal((await world.create(gateway)).kind, 'created');
    await moveTo(gateway, 2);
    const outcome = await requestAgain(gateway);
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.type, FAILURES.Superseded);
    assert.match(outcome.message, /vpn_gateways\/\S+ has version 2, but \/state has version 3 already$/);
  });

  it('was created once, however many requests came at once', async () => {
    const gateway = world.gateway('vpn_gateway', (number += 1));
    await world.write(gateway);
    const runs = await Promise.all(Array.from({ length: 5 }, () => world.client.create(gateway)));
    const outcomes = await Promise.all(runs.map((run) => run.result()));
    for (const outcome of outcomes) assert.equal(outcome.kind, 'created');
    assert.equal((await world.history(KEYS.state(gateway))).length, 1);
    for (const { commits } of tracesOf(world.routers))
      assert.equal(commits.filter((log) => log?.includes(gateway.resourceId)).length, 1);
  });
});
