import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { tracesOf } from '../world/evidence.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';
import type { Hold } from './breakpoints.ts';
import { startByCommand } from './temporal-command.ts';

describe('starting a creation while there is one', function () {
  this.timeout(30_000);
  const holds = new Holds();
  let world: World;
  let number = 0;
  before(async () => {
    world = await openWorld({ wrap: holds.wrap });
  });
  after(async () => {
    await world.close();
  });

  const begin = async (): Promise<TestGateway> => {
    const gateway = world.gateway('vpn_gateway', (number += 1));
    await world.write(gateway);
    return gateway;
  };
  const handleOf = ({ resourceType, resourceId }: TestGateway) =>
    world.temporal.workflow.getHandle(`${resourceType}:${resourceId}`);
  /** Log lines of the gateway's commits on each router, newest first. */
  const commitsOf = (gateway: TestGateway) =>
    tracesOf(world.routers).map(({ commits }) => commits.filter((log) => log?.includes(gateway.resourceId)));
  const assertCreatedOnce = async (gateway: TestGateway) => {
    assert.equal((await world.history(KEYS.state(gateway))).length, 1);
    for (const commits of commitsOf(gateway)) assert.equal(commits.length, 1, commits.join());
  };

  it('joins the one that runs', async () => {
    const gateway = await begin();
    const hold = holds.at(gateway, 'recordStack', 'before');
    const first = await world.client.create(gateway);
    await hold.reached;
    const second = await world.client.create(gateway);
    hold.release();
    const outcomes = await Promise.all([first.result(), second.result()]);
    assert.equal(outcomes[0].kind, 'created');
    assert.deepEqual(outcomes[1], outcomes[0], 'both are told the same');
    await assertCreatedOnce(gateway);
  });

  it('joins it from the command line too', async () => {
    const gateway = await begin();
    const hold = holds.at(gateway, 'recordStack', 'before');
    const run = await world.client.create(gateway);
    await hold.reached;
    const { runId } = await handleOf(gateway).describe();
    assert.equal(await startByCommand(world.stack, gateway), runId);
    hold.release();
    assert.equal((await run.result()).kind, 'created');
    await assertCreatedOnce(gateway);
  });

  it('is refused under another name than the gateway’s', async () => {
    const gateway = await begin();
    const { resourceType, resourceId } = gateway;
    const args = [{ resourceType, resourceId }];
    const started = world.temporal.workflow.execute('createGateway', {
      taskQueue: 'gateways',
      workflowId: `again-${resourceId}`,
      args,
    });
    await assert.rejects(started, (error: Error) => {
      assert.match(String(error.cause), /workflow id: expected "vpn_gateway:\S+", got "again-/);
      return true;
    });
    assert.equal(await world.state(gateway), undefined);
  });

  describe('whose workflow was terminated', () => {
    /** Terminates at a point; the activity that is halted there still runs. */
    const terminate = async (gateway: TestGateway, hold: Hold): Promise<void> => {
      await world.client.create(gateway);
      await hold.reached;
      await handleOf(gateway).terminate('by an operator');
    };
    const again = async (gateway: TestGateway) => {
      const run = await world.client.create(gateway);
      const outcome = await run.result();
      assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    };

    it('takes over what was registered', async () => {
      const gateway = await begin();
      const hold = holds.at(gateway, 'register', 'after');
      await terminate(gateway, hold);
      hold.release();
      await again(gateway);
      await assertCreatedOnce(gateway);
    });

    it('has what was on trial taken off, or takes it over, and is created once', async () => {
      const gateway = await begin();
      const hold = holds.at(gateway, 'requestApply', 'after');
      await terminate(gateway, hold);
      hold.release();
      await again(gateway);
      // The first one was never seen working: whatever was on trial has been removed, and one gateway stands.
      const words = (await world.history(KEYS.state(gateway))) as { state: { worker_state: string } }[];
      assert.deepEqual(
        words.map(({ state }) => state.worker_state),
        ['CREATE_COMPLETED'],
      );
      for (const { device } of world.routers) {
        assert.ok(device.running().includes(String(gateway.gateway.body['vrf_name'])));
        assert.equal(device.snapshot().pending, undefined);
      }
    });

    it('removes what the routers carry of a configuration that was put anew, then creates the new one', async () => {
      const gateway = await begin();
      const hold = holds.at(gateway, 'requestApply', 'after');
      await terminate(gateway, hold);
      hold.release();
      const [old, name] = [gateway.gateway.body['vrf_name'], 'vrf_gw_other'];
      gateway.gateway.body['vrf_name'] = name;
      await world.write(gateway);
      await again(gateway);
      for (const commits of commitsOf(gateway))
        assert.deepEqual(
          commits.map((log) => log?.replace(/ reservation \S+| until \S+:/g, '').split(' ')[1]),
          [`vpn_gateway:${gateway.resourceId}`, 'reverted:', `vpn_gateway:${gateway.resourceId}`],
        );
      for (const { device } of world.routers) {
        assert.ok(device.running().includes(name));
        assert.ok(!device.running().includes(String(old)));
      }
    });

    it('is not disturbed by the step that was still running then', async () => {
      const gateway = await begin();
      const hold = holds.at(gateway, 'requestApply', 'before');
      await terminate(gateway, hold);
      await again(gateway);
      const settled = tracesOf(world.routers);
      hold.release();
      // The next reservation of the routers begins after it.
      await world.restartWorker();
      assert.deepEqual(tracesOf(world.routers), settled);
      await assertCreatedOnce(gateway);
    });
  });
});
