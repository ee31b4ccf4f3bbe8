import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { WORKFLOWS } from '../../gateway/messages.ts';
import { keysOf, removeKeys } from '../world/evidence.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';
import { ChangeScene } from './change-scene.ts';

describe('deleting a gateway', function () {
  this.timeout(60_000);
  const holds = new Holds();
  let world: World;
  let scene: ChangeScene;
  before(async () => {
    world = await openWorld({ wrap: holds.wrap });
    scene = new ChangeScene(world);
  });
  after(() => world.close());

  const word = (value: unknown, field: string) => (value as Record<string, unknown>)[field];

  for (const kind of ['vpn_gateway', 'internet_gateway'] as const)
    it(`takes a ${kind} from both routers, and leaves no record of ours but what readers read`, async () => {
      const [base] = [world.routers.map(({ device }) => device.running())];
      const gateway = await scene.standing(kind);
      await scene.tombstone(gateway);
      const result = await scene.run(gateway, WORKFLOWS.delete);
      assert.equal(result.outcome, 'deleted', JSON.stringify(result));
      assert.deepEqual(
        world.routers.map(({ device }) => device.running()),
        base,
      );
      assert.deepEqual(await world.state(gateway), {
        state: { worker_state: 'DELETE_COMPLETED', heat_outputs: '[]' },
        version: 2,
        error: '',
      });
      const stack = (await world.history(KEYS.stack(gateway))).at(-1);
      assert.deepEqual(
        ['stack_id', 'stack_status', 'status_reason'].map((field) => word(stack, field)),
        ['', 'DELETE_COMPLETE', ''],
      );
      assert.deepEqual((await scene.progress(gateway)).slice(-2), [{}, { heat_outputs: [] }]);
      const own = Object.keys(await keysOf(world, gateway)).filter((key) => key.startsWith('/gateway-saga/'));
      assert.deepEqual(own, []);
      // The id comes again.
      await scene.next(gateway, (one) => (one.gateway.markedForDeletion = false));
      assert.equal((await scene.run(gateway)).outcome, 'created');
    });

  it('touches nothing where people have put something into its stanzas, and names it', async () => {
    const gateway = await scene.standing();
    const unit = `interfaces ae0 unit ${String(gateway.gateway.body['downlink_vlan_id'])}`;
    await scene.byHand(gateway, `set ${unit} family inet address 198.51.100.1/24`);
    const before = scene.running(gateway);
    await scene.tombstone(gateway);
    const message = await scene.failure(gateway);
    assert.match(
      message,
      new RegExp(
        `"${unit} family inet address 198.51.100.1/24" was changed by somebody else; version 1 stands$`,
      ),
    );
    assert.deepEqual(scene.running(gateway), before);
    assert.deepEqual(await scene.told(gateway), { version: 2, word: 'DELETE_FAILED', error: message });
    // Once that is gone, the next tombstone is carried out.
    await scene.byHand(gateway, `delete ${unit} family inet address 198.51.100.1/24`);
    await scene.tombstone(gateway);
    assert.equal((await scene.run(gateway)).outcome, 'deleted');
  });

  it('takes what is left if somebody has removed a part before', async () => {
    const gateway = await scene.standing();
    await scene.byHand(gateway, `delete routing-instances ${String(gateway.gateway.body['vrf_name'])}`);
    await scene.tombstone(gateway);
    assert.equal((await scene.run(gateway)).outcome, 'deleted');
    const unit = `unit ${String(gateway.gateway.body['downlink_vlan_id'])} {`;
    for (const running of scene.running(gateway)) assert.ok(!running.includes(unit));
  });

  it('restores one router if the other one refuses', async () => {
    const gateway = await scene.standing();
    const before = scene.running(gateway);
    const { secondary } = world.pairOf(gateway);
    secondary.device.faults.add({
      rpc: 'commit-configuration',
      outcome: { kind: 'refuse', message: 'no room left' },
    });
    await scene.tombstone(gateway);
    const message = await scene.failure(gateway);
    assert.match(message, /no room left/);
    assert.deepEqual(scene.running(gateway), before);
    assert.equal((await scene.told(gateway)).word, 'DELETE_FAILED');
  });

  it('goes on if the configuration vanishes meanwhile, and writes no /state that nobody would remove', async () => {
    const gateway = await scene.standing();
    await scene.tombstone(gateway);
    const publishing = holds.at(gateway, 'publishCompleted', 'before');
    const ended = scene.run(gateway);
    await publishing.reached;
    await removeKeys(world, [KEYS.gatewayConfig(gateway), KEYS.state(gateway)]);
    publishing.release();
    assert.equal((await ended).outcome, 'deleted');
    assert.equal(await world.state(gateway), undefined);
    const own = Object.keys(await keysOf(world, gateway)).filter((key) => key.startsWith('/gateway-saga/'));
    assert.deepEqual(own, []);
  });

  it('says that it is deleted if nothing of it ever stood', async () => {
    const gateway = world.gateway('vpn_gateway', 30);
    gateway.neighbour('qos_option').body['incoming_policer_name'] = 'bad name;';
    await world.write(gateway);
    await scene.failure(gateway);
    assert.equal((await scene.told(gateway)).word, 'CREATE_FAILED');
    await scene.tombstone(gateway);
    const result = await scene.run(gateway);
    assert.equal(result.outcome, 'deleted', JSON.stringify(result));
    assert.deepEqual(await scene.told(gateway), { version: 2, word: 'DELETE_COMPLETED', error: '' });
  });

  it('says nothing if nothing of it ever stood and its records go meanwhile: the id comes again at version 1', async () => {
    const gateway = world.gateway('vpn_gateway', 31);
    const policer = gateway.neighbour('qos_option').body['incoming_policer_name'];
    gateway.neighbour('qos_option').body['incoming_policer_name'] = 'bad name;';
    await world.write(gateway);
    await scene.failure(gateway);
    await scene.tombstone(gateway);
    const hold = holds.at(gateway, 'publishNothing', 'before');
    const ended = scene.run(gateway);
    await hold.reached;
    await removeKeys(world, [KEYS.gatewayConfig(gateway), KEYS.state(gateway)]);
    hold.release();
    assert.equal((await ended).outcome, 'deleted');
    assert.equal(await world.state(gateway), undefined);
    gateway.neighbour('qos_option').body['incoming_policer_name'] = policer ?? null;
    Object.assign(gateway.gateway, { version: 1, markedForDeletion: false });
    await world.write(gateway);
    assert.equal((await scene.run(gateway)).outcome, 'created');
  });
});
