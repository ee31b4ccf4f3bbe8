/** Parents and children on the whole system: what waits for what, and what is refused. */
import assert from 'node:assert/strict';
import { assertCandidatesFree } from '../world/failure.ts';
import { Holds } from './breakpoints.ts';
import { FamilyScene } from './family-scene.ts';

describe('a route in a gateway', function () {
  this.timeout(90_000);
  const holds = new Holds();
  let scene: FamilyScene;
  before(async () => (scene = await FamilyScene.open({ wrap: holds.wrap })));
  afterEach(() => assertCandidatesFree(scene.world));
  after(() => scene.close());

  it('that is asked for before its gateway is made waits, and is made after it, woken once', async () => {
    const gateway = scene.gateway();
    await scene.world.write(gateway);
    const route = await scene.route(gateway);
    const child = await scene.start(route);
    const name = String(gateway.gateway.body['name']);
    assert.equal(
      await scene.untilWaiting(child),
      `vpn_gateway ${name} (${gateway.resourceId}), version 1, asked for`,
    );
    const parent = await scene.start(gateway);
    assert.deepEqual([await scene.end(parent), await scene.end(child)], ['created', 'created']);
    assert.deepEqual(scene.routesOn(gateway), [1, 1]);
    const wakes = (await scene.events(child)).filter(
      (type) => type === 'workflowExecutionSignaledEventAttributes',
    );
    // One that asked for it, and one wake.
    assert.equal(wakes.length, 2);
    assert.deepEqual(await scene.left(gateway, route), []);
  });

  it('that is asked for while its gateway is on trial waits for it', async () => {
    const gateway = scene.gateway();
    await scene.world.write(gateway);
    const hold = holds.at(gateway, 'publishCompleted', 'before');
    const parent = await scene.start(gateway);
    await hold.reached;
    const route = await scene.route(gateway);
    const child = await scene.start(route);
    assert.match(await scene.untilWaiting(child), /, version 1, being published$/);
    hold.release();
    assert.deepEqual([await scene.end(parent), await scene.end(child)], ['created', 'created']);
  });

  it('fails with its gateway, and says how that failed', async () => {
    const gateway = scene.gateway();
    gateway.neighbour('qos_option').body['incoming_policer_name'] = 'NONE';
    await scene.world.write(gateway);
    const route = await scene.route(gateway);
    const child = await scene.start(route);
    await scene.untilWaiting(child);
    const parent = await scene.start(gateway);
    const failure = await scene.end(parent);
    assert.match(failure, /^(NotConverged|RouterRefused)/);
    assert.match(await scene.end(child), /^ParentAbsent: vpn_gateway .+ failed: /);
    assert.match((await scene.told(route)).join(), /^1 CREATE_FAILED: vpn_gateway .+ failed: /);
    assert.deepEqual(await scene.left(route), []);
  });

  it('fails with a gateway whose saga was terminated, once its pair publishes that', async () => {
    const gateway = scene.gateway();
    await scene.world.write(gateway);
    const hold = holds.at(gateway, 'recordStack', 'before');
    const parent = await scene.start(gateway);
    await hold.reached;
    const route = await scene.route(gateway);
    const child = await scene.start(route);
    assert.match(await scene.untilWaiting(child), /, version 1, applying$/);
    await parent.terminate();
    hold.release();
    assert.match(await scene.end(child), /^ParentAbsent: vpn_gateway .+ failed: /);
    assert.match((await scene.told(gateway)).join(), /^1 CREATE_FAILED/);
    assert.deepEqual(await scene.left(route), []);
  });

  it('fails at once in a gateway that is not there, or that is to be deleted', async () => {
    const gateway = scene.gateway();
    const lonely = await scene.route(gateway);
    assert.equal(
      await scene.end(await scene.start(lonely)),
      `ParentAbsent: vpn_gateway ${gateway.resourceId} is not there`,
    );
    await scene.world.write(gateway);
    await scene.end(await scene.start(gateway));
    await scene.mark(gateway.gateway);
    const late = await scene.route(gateway);
    assert.match(await scene.end(await scene.start(late)), /^ParentAbsent: vpn_gateway .+ is being deleted$/);
  });

  it('keeps its gateway from being deleted, and is named', async () => {
    const gateway = scene.gateway();
    await scene.world.write(gateway);
    const route = await scene.route(gateway, 7);
    const [parent, child] = [await scene.start(gateway), await scene.start(route)];
    assert.deepEqual([await scene.end(parent), await scene.end(child)], ['created', 'created']);
    await scene.mark(gateway.gateway);
    const words = `one gateway lies in it: static_route route-7 (${route.resourceId}); delete it first`;
    assert.match(
      await scene.end(await scene.start(gateway)),
      new RegExp(`^HasChildren: ${words.replace(/[()]/g, '\\$&')}`),
    );
    assert.match(
      (await scene.told(gateway)).at(-1) ?? '',
      /^2 DELETE_FAILED: one gateway lies in it: .+; version 1 stands$/,
    );
    assert.deepEqual(scene.routesOn(gateway), [1, 1]);
  });

  it('goes before its gateway when all are deleted at once, in whatever order', async () => {
    const gateway = scene.gateway();
    await scene.world.write(gateway);
    const routes = await Promise.all([1, 2, 3].map((number) => scene.route(gateway, number)));
    const made = [gateway, ...routes].map(async (one) => scene.end(await scene.start(one)));
    assert.deepEqual(await Promise.all(made), ['created', 'created', 'created', 'created']);
    assert.deepEqual(scene.routesOn(gateway), [3, 3]);
    await scene.mark(gateway.gateway);
    await Promise.all(routes.map(({ resource }) => scene.mark(resource)));
    const parent = await scene.start(gateway);
    assert.match(
      await scene.untilWaiting(parent),
      /^static_route route-\d \([0-9a-f-]{36}\), version 2, to be deleted$/,
    );
    const ended = routes.map(async (one) => scene.end(await scene.start(one)));
    assert.deepEqual(await Promise.all([...ended, scene.end(parent)]), [
      'deleted',
      'deleted',
      'deleted',
      'deleted',
    ]);
    assert.deepEqual(await scene.left(gateway, ...routes), []);
    const { primary } = scene.world.pairOf(gateway);
    assert.ok(!primary.device.running().includes(String(gateway.gateway.body['vrf_name'])));
  });

  it('that waits is cancelled at once, and leaves nothing', async () => {
    const gateway = scene.gateway();
    await scene.world.write(gateway);
    const route = await scene.route(gateway);
    const child = await scene.start(route);
    await scene.untilWaiting(child);
    await child.cancel();
    assert.match(await scene.end(child), /^Cancelled/);
    assert.deepEqual(await scene.told(route), ['1 CREATE_FAILED: cancelled']);
    assert.deepEqual(await scene.left(route), []);
  });

  it('that waits and is terminated is forgotten by its gateway’s end', async () => {
    const gateway = scene.gateway();
    await scene.world.write(gateway);
    const route = await scene.route(gateway);
    const child = await scene.start(route);
    await scene.untilWaiting(child);
    await child.terminate();
    assert.equal((await scene.left(route)).length, 3);
    assert.equal(await scene.end(await scene.start(gateway)), 'created');
    assert.deepEqual(await scene.left(route), []);
  });

  it('that waits gives way to its newer version', async () => {
    const gateway = scene.gateway();
    await scene.world.write(gateway);
    const route = await scene.route(gateway, 1);
    const child = await scene.start(route);
    await scene.untilWaiting(child);
    route.resource.version = 2;
    route.resource.body['destination'] = '10.2.0.0/24';
    await scene.write(route.resource);
    await scene.start(route);
    while (
      (await child.query<{ gateway: { version: number } }>('progress').catch(() => undefined))?.gateway
        .version !== 2
    );
    assert.equal(await scene.end(await scene.start(gateway)), 'created');
    assert.equal(await scene.end(child), 'created');
    assert.deepEqual(await scene.told(route), ['2 CREATE_COMPLETED']);
    assert.deepEqual(await scene.left(gateway, route), []);
  });
});
