import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import type { GatewayRef } from '../../gateway/resource.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { pairKeyOf } from '../../pair/messages.ts';
import { CHECK, client } from '../simulator/device/scene.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';
import { startByCommand } from './temporal-command.ts';

const attributesOf = async (temporal: Client, gateway: GatewayRef): Promise<Record<string, unknown>> => {
  const { typedSearchAttributes } = await temporal.workflow.getHandle(workflowIdOf(gateway)).describe();
  const ours = typedSearchAttributes.getAll().filter(({ key }) => key.name.startsWith('Gateway'));
  return Object.fromEntries(ours.map(({ key, value }) => [key.name, value]));
};

describe('search attributes', function () {
  this.timeout(30_000);
  const holds = new Holds();
  let world: World;
  before(async () => {
    world = await openWorld({ wrap: holds.wrap, policy: { settlePatienceMs: 1_500 } });
  });
  after(async () => {
    await world.close();
  });

  const expected = (gateway: TestGateway, tenant: unknown, outcome: string) => ({
    ...least(gateway, outcome),
    GatewayTenant: tenant,
    GatewayPair: pairKeyOf([world.pairOf(gateway).primary.id, world.pairOf(gateway).secondary.id]),
  });
  /** Of one that is not planned. */
  const least = ({ resourceType, resourceId }: GatewayRef, outcome: string) => ({
    GatewayType: resourceType,
    GatewayId: resourceId,
    GatewayVersion: 1,
    GatewayAction: 'create',
    GatewayOutcome: outcome,
  });

  it('describe a gateway that was created, and find it', async () => {
    const gateway = world.gateway('vpn_gateway');
    assert.equal((await world.create(gateway)).kind, 'created');
    const tenant = gateway.gateway.body['tenant_id'];
    assert.equal(typeof tenant, 'string');
    assert.deepEqual(await attributesOf(world.temporal, gateway), expected(gateway, tenant, 'created'));
    const { GatewayPair: pair } = expected(gateway, tenant, 'created');
    const query = `GatewayPair = '${pair}' AND GatewayVersion = 1 AND GatewayOutcome = 'created'`;
    // The server indexes a little later than it answers.
    let found: string[] = [];
    while (found.length === 0)
      for await (const { workflowId } of world.temporal.workflow.list({ query }))
        found = [...found, workflowId];
    assert.deepEqual(found, [workflowIdOf(gateway)]);
  });

  it('describe one that failed', async () => {
    const gateway = world.gateway('vpn_gateway', 1);
    world.pairOf(gateway).primary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'check',
      outcome: { kind: 'fail-check', message: 'not today' },
    });
    assert.equal((await world.create(gateway)).kind, 'failed');
    const tenant = gateway.gateway.body['tenant_id'];
    assert.deepEqual(await attributesOf(world.temporal, gateway), expected(gateway, tenant, 'failed'));
  });

  it('describe one whose configuration is bad or missing', async () => {
    const gateway = world.gateway('vpn_gateway', 1);
    delete gateway.gateway.body['vrf_name'];
    assert.equal((await world.create(gateway)).kind, 'failed');
    const known = least(gateway, 'failed');
    assert.deepEqual(await attributesOf(world.temporal, gateway), known);
    const absent = world.gateway('vpn_gateway', 1);
    await startByCommand(world.stack, absent);
    assert.equal((await world.client.result(absent)).kind, 'failed');
    const { GatewayVersion: _, GatewayAction: __, ...left } = least(absent, 'failed');
    assert.deepEqual(await attributesOf(world.temporal, absent), left);
  });

  it('describe one that was cancelled, and before that as running', async () => {
    const gateway = world.gateway('internet_gateway', 2);
    await world.write(gateway);
    const hold = holds.at(gateway, 'recordStack', 'before');
    const run = await world.client.create(gateway);
    await hold.reached;
    const tenant = gateway.gateway.body['tenant_id'];
    assert.deepEqual(await attributesOf(world.temporal, gateway), expected(gateway, tenant, 'running'));
    await run.cancel();
    hold.release();
    assert.equal((await run.result()).kind, 'cancelled');
    assert.deepEqual(await attributesOf(world.temporal, gateway), expected(gateway, tenant, 'cancelled'));
  });

  it('are there when an operator starts without any', async () => {
    const gateway = world.gateway('internet_gateway', 3);
    await world.write(gateway);
    await startByCommand(world.stack, gateway);
    assert.equal((await world.client.result(gateway)).kind, 'created');
    const tenant = gateway.gateway.body['tenant_id'];
    assert.deepEqual(await attributesOf(world.temporal, gateway), expected(gateway, tenant, 'created'));
  });

  it('describe one as failed that was cancelled, and of which a router owes the revert', async () => {
    const gateway = world.gateway('internet_gateway', 4);
    const { secondary } = world.pairOf(gateway);
    await world.write(gateway);
    const hold = holds.at(gateway, 'recordStack', 'before');
    const run = await world.client.create(gateway);
    await hold.reached;
    const operator = client(secondary.device);
    await operator.ok(CHECK);
    operator.session.close();
    secondary.server.setReachable(false);
    await run.cancel();
    hold.release();
    const outcome = await run.result();
    assert.ok(outcome.kind === 'cancelled' && outcome.compensation.length === 1, JSON.stringify(outcome));
    assert.equal((await run.progress())?.outcome, 'failed');
    const tenant = gateway.gateway.body['tenant_id'];
    assert.deepEqual(await attributesOf(world.temporal, gateway), expected(gateway, tenant, 'failed'));
  });
});

describe('a namespace without our search attributes', function () {
  this.timeout(60_000);
  let site: Site;
  before(async () => {
    site = await openSite(1, { searchAttributes: false });
    await startWorker(site.stack);
  });
  after(() => site.close());

  it('has gateways created all the same, by the client', async () => {
    const gateway = await site.write('vpn_gateway', 0);
    await site.assertCreatedOnce(gateway, await site.client.create(gateway));
    assert.deepEqual(await attributesOf(site.temporal, gateway), {});
  });

  it('and by the command line', async () => {
    const gateway = await site.write('internet_gateway', 0);
    await startByCommand(site.stack, gateway);
    const run = await site.client.find(gateway);
    assert.ok(run);
    await site.assertCreatedOnce(gateway, run);
    assert.deepEqual(await attributesOf(site.temporal, gateway), {});
  });
});
