import assert from 'node:assert/strict';
import { workflowIdOf } from '../../client/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import { QUEUE_QUERY, pairIdOf } from '../../pair/messages.ts';
import type { PairQueue } from '../../pair/messages.ts';
import type { LocalRouter } from '../../local/routers.ts';
import { gatewayOn } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

const COMMITTED = 'CREATE_COMPLETED';

describe('many gateways on one pair of routers', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(async () => {
    await world.close();
  });

  it('share commits, and each is on both routers', async () => {
    const before = commitsOf(world.routers);
    const gateways = Array.from({ length: 20 }, (_, number) => world.gateway('vpn_gateway', number));
    const outcomes = await createAll(gateways);
    assert.deepEqual(new Set(outcomes), new Set(['created']));
    for (const gateway of gateways) await assertStands(gateway);
    // One commit for the first gateways, one or two for all that gathered meanwhile; a check confirms.
    for (const [index, commits] of commitsOf(world.routers).entries()) {
      assert.ok(commits - (before[index] ?? 0) <= 5, `${commits} commits on ${world.routers[index]?.name}`);
    }
    assert.deepEqual(pendingOn(world.routers), [false, false]);
  });

  it('share a pair with those of swapped roles', async () => {
    const [one, other] = world.routers;
    assert.ok(one && other);
    const straight = Array.from({ length: 4 }, (_, number) => world.gateway('vpn_gateway', 100 + number));
    const swapped = Array.from({ length: 4 }, (_, number) =>
      gatewayOn('vpn_gateway', { primary: other.id, secondary: one.id }, 200 + number),
    );
    assert.deepEqual(new Set(await createAll([...straight, ...swapped])), new Set(['created']));
    for (const gateway of [...straight, ...swapped]) await assertStands(gateway);
  });

  it('are not affected by one among them that a router refuses', async () => {
    const gateways = Array.from({ length: 8 }, (_, number) => world.gateway('vpn_gateway', 300 + number));
    const [poisonous, ...others] = gateways;
    assert.ok(poisonous);
    poisonous.neighbour('vpn_service').body['secondary_downlink_vrrp_config_group'] = 'NO-SUCH-GROUP';
    const before = world.routers.map(({ device }) => device.running());
    const [refused, ...created] = await createAll([poisonous, ...others]);
    assert.equal(refused, 'failed');
    assert.deepEqual(new Set(created), new Set(['created']));
    assert.match(JSON.stringify(await world.state(poisonous)), /CREATE_FAILED.*NO-SUCH-GROUP/);
    for (const gateway of others) await assertStands(gateway);
    for (const [index, { device }] of world.routers.entries()) {
      assert.doesNotMatch(device.running(), /NO-SUCH-GROUP/);
      assert.notEqual(device.running(), before[index]);
    }
  });

  it('wait during a maintenance hold on a router, and go on when the hold ends', async () => {
    const [one, other] = world.routers;
    assert.ok(one && other);
    await world.store.beginMaintenance(other.id, {
      reason: 'new line card',
      by: 'alice@jump',
      since: new Date().toISOString(),
    });
    const gateway = world.gateway('vpn_gateway', 400);
    await world.write(gateway);
    const run = await world.client.create(gateway);
    const queue = await until(async () => {
      const handle = world.temporal.workflow.getHandle(pairIdOf([one.id, other.id]));
      const seen = await handle.query<PairQueue>(QUEUE_QUERY);
      return seen.blockedBy === null ? undefined : seen;
    });
    assert.match(
      queue.blockedBy ?? '',
      /^MX-\d+ is held for maintenance: new line card \(alice@jump, since \S+\)$/,
    );
    for (const name of queue.names) assert.match(name, /^MX-\d+$/);
    assert.deepEqual(
      queue.batch.map(({ gateway: on }) => on.resourceId),
      [gateway.resourceId],
    );
    const told = await until(async () => {
      for await (const { steps } of run.watch()) {
        const step = steps.find((one) => one.step === 'apply');
        if (step?.blockedBy !== undefined) return step;
      }
      return undefined;
    });
    assert.equal(told.waitingFor, 'MX-1, MX-2; in a batch of 1 (reserving)');
    assert.match(told.blockedBy ?? '', /^MX-2 is held for maintenance: new line card \(alice@jump, /);
    assert.doesNotMatch(one.device.running(), new RegExp(String(gateway.gateway.body['vrf_name'])));
    const page = async () => {
      const handle = world.temporal.workflow.getHandle(workflowIdOf(gateway));
      return (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
    };
    const held = await until(async () => {
      const shown = await page();
      return shown.includes('**Held**') ? shown : undefined;
    });
    assert.match(
      held,
      /^\*\*Held\*\*: MX-2 is held for maintenance: new line card \(alice@jump, since \S+\)$/m,
    );
    assert.ok(held.includes(`Pair MX-1, MX-2: workflow \`${pairIdOf([one.id, other.id])}\``), held);
    await world.store.endMaintenance(other.id);
    assert.equal((await run.result()).kind, 'created');
    assert.doesNotMatch(await page(), /Held/);
    await assertStands(gateway);
  });

  it('wait for a maintenance hold that is begun and ended in the Web UI or the Temporal CLI, too', async () => {
    const [one, other] = world.routers;
    assert.ok(one && other);
    // The pair's workflow runs only after a first request. It answers for a while after its last reservation.
    assert.deepEqual(await createAll([world.gateway('vpn_gateway', 500)]), ['created']);
    const pair = world.temporal.workflow.getHandle(pairIdOf([one.id, other.id]));
    await assert.rejects(
      pair.executeUpdate('beginMaintenance', { args: [{ router: one.id, reason: ' ' }] }),
      (error: Error) => /reason: expected 1 to 200 characters, got " "/.test(String(error.cause)),
    );
    await assert.rejects(
      pair.executeUpdate('endMaintenance', { args: [{ router: 'elsewhere' }] }),
      (error: Error) =>
        String(error.cause).includes(
          `router: expected ${pairIdOf([one.id, other.id]).slice(12).replace('+', ' or ')}`,
        ),
    );
    await assert.rejects(
      pair.executeUpdate('beginMaintenance', { args: [{ router: one.id, reason: 'x'.repeat(201) }] }),
      (error: Error) => /reason: expected 1 to 200 characters, got "x{78}…/.test(String(error.cause)),
    );
    await assert.rejects(
      pair.executeUpdate('endMaintenance', { args: [{ router: one.id, by: 'x'.repeat(81) }] }),
      (error: Error) => /by: expected 1 to 80 characters, got "x{78}…/.test(String(error.cause)),
    );
    const beside = 'x'.repeat(1_000_000);
    const fan = { reason: 'new fan', by: 'alice' };
    await pair.executeUpdate('beginMaintenance', { args: [{ router: one.id, ...fan, beside }] });
    const { events } = await pair.fetchHistory();
    const inputs = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.input?.payloads);
    assert.ok(
      !inputs.some((input) => (input?.[0]?.data?.length ?? 0) > 100_000),
      'more than asked for travels on',
    );
    const { since, ...hold } = (await world.store.router(one.id)).maintenance ?? assert.fail();
    assert.deepEqual(hold, fan);
    assert.equal(await pair.executeUpdate('endMaintenance', { args: [{ router: one.id, by: 'bob' }] }), true);
    const { freed } = await world.store.router(one.id);
    assert.equal(freed?.by, 'bob');
    assert.ok(freed.since >= since);
    assert.equal(await pair.executeUpdate('endMaintenance', { args: [{ router: one.id }] }), false);
    assert.equal((await world.store.router(one.id)).maintenance, null);
  });

  async function createAll(gateways: readonly TestGateway[]): Promise<string[]> {
    for (const gateway of gateways) await world.write(gateway);
    const runs = await Promise.all(gateways.map((gateway) => world.client.create(gateway)));
    const outcomes = await Promise.all(runs.map((run) => run.result()));
    return outcomes.map(({ kind }) => kind);
  }

  async function assertStands(gateway: TestGateway): Promise<void> {
    const vrf = String(gateway.gateway.body['vrf_name']);
    for (const { device } of world.routers) assert.ok(device.running().includes(vrf), `${vrf} is missing`);
    const states = await world.history(KEYS.state(gateway));
    assert.equal(states.length, 1);
    assert.match(JSON.stringify(states), new RegExp(COMMITTED));
  }
});

function commitsOf(routers: readonly LocalRouter[]): number[] {
  return routers.map(({ device }) => device.snapshot().history[0]?.sequence ?? 0);
}

function pendingOn(routers: readonly LocalRouter[]): boolean[] {
  return routers.map(({ device }) => device.snapshot().pending !== undefined);
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
