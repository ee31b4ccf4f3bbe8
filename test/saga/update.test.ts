import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { WORKFLOWS } from '../../gateway/messages.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { assertUntouched, tracesOf } from '../world/evidence.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { ChangeScene } from './change-scene.ts';

/** Other policers: the names of two filters in one unit differ. */
function otherPolicers(gateway: TestGateway): void {
  const { body } = gateway.neighbour('qos_option');
  body['incoming_policer_name'] = '10M-GA-UP-INET';
  body['outgoing_policer_name'] = '10M-GA-DOWN-INET';
}

function vrrpGroups(gateway: TestGateway, primary: string, secondary: string): void {
  const { body } = gateway.neighbour('vpn_service');
  body['primary_downlink_vrrp_config_group'] = primary;
  body['secondary_downlink_vrrp_config_group'] = secondary;
}

const unitOf = ({ gateway }: TestGateway) =>
  `interfaces ae0 unit ${String(gateway.body['downlink_vlan_id'])}`;
const instanceOf = ({ gateway }: TestGateway) => `routing-instances ${String(gateway.body['vrf_name'])}`;

describe('updating a gateway', function () {
  this.timeout(60_000);
  let world: World;
  let scene: ChangeScene;
  before(async () => {
    world = await openWorld();
    scene = new ChangeScene(world);
  });
  after(() => world.close());

  it('changes what differs on both routers, and leaves what others have put into its stanzas', async () => {
    const gateway = await scene.standing();
    await scene.byHand(
      gateway,
      `set ${unitOf(gateway)} family inet address 198.51.100.1/24`,
      `set ${instanceOf(gateway)} routing-options static route 203.0.113.0/24 discard`,
    );
    const before = scene.running(gateway);
    await scene.next(gateway, otherPolicers);
    const result = await scene.run(gateway);
    assert.equal(result.outcome, 'updated', JSON.stringify(result));
    const renamed = (text: string) =>
      text.replaceAll(/FILTER_10M-GA-(UP|DOWN)-VPN;/g, 'FILTER_10M-GA-$1-INET;');
    const own = (text: string) => text.slice(text.indexOf(`unit ${unitOf(gateway).split(' ').at(-1)} {`));
    for (const [index, text] of scene.running(gateway).entries()) {
      const old = before[index] ?? '';
      assert.match(text, /address 198\.51\.100\.1\/24/);
      assert.match(text, /route 203\.0\.113\.0\/24 discard/);
      assert.equal(own(text).slice(0, 400), renamed(own(old)).slice(0, 400));
    }
    assert.deepEqual(await scene.told(gateway), { version: 2, word: 'CREATE_COMPLETED', error: '' });
    const stack = (await world.history(KEYS.stack(gateway))).at(-1);
    assert.deepEqual(
      [(stack as { stack_status: string }).stack_status, (stack as { status_reason: string }).status_reason],
      ['UPDATE_COMPLETE', 'Stack successfully updated'],
    );
    assert.deepEqual((await scene.progress(gateway)).slice(-3), [
      {},
      { heat_outputs: [] },
      { state_monitoring: { downlink: 'ACTIVE' }, heat_outputs: [] },
    ]);
  });

  it('commits nothing if nothing differs, takes evidence, and says so', async () => {
    const gateway = await scene.standing();
    const traces = tracesOf(world.routers).map(({ commits }) => commits);
    await scene.next(gateway, ({ gateway: { body } }) => (body['connected_vpn_interface'] = 'an id'));
    const result = await scene.run(gateway, WORKFLOWS.update);
    assert.equal(result.outcome, 'unchanged', JSON.stringify(result));
    assert.equal(result.routers?.primary.vrrp, 'MASTER');
    assert.deepEqual(
      tracesOf(world.routers).map(({ commits }) => commits),
      traces,
    );
    assert.deepEqual(await scene.told(gateway), { version: 2, word: 'CREATE_COMPLETED', error: '' });
  });

  it('restores what stood before, byte for byte, if the new version does not work, and sees that working', async () => {
    const gateway = await scene.standing();
    await scene.byHand(gateway, `set ${unitOf(gateway)} family inet address 198.51.100.1/24`);
    const before = scene.running(gateway);
    // With swapped priorities the secondary router becomes master.
    await scene.next(gateway, (one) => vrrpGroups(one, 'VPNGW2-VRRP', 'VPNGW1-VRRP'));
    const message = await scene.failure(gateway);
    assert.match(
      message,
      /\(primary\): .* is BACKUP, expected MASTER|\(secondary\): .* is MASTER, expected BACKUP/,
    );
    assert.match(message, /; version 1 stands again, and was seen working$/);
    assert.deepEqual(scene.running(gateway), before);
    assert.deepEqual(await scene.told(gateway), { version: 2, word: 'MODIFY_FAILED', error: message });
    // The next version goes from what stands.
    await scene.next(gateway, (one) => {
      vrrpGroups(one, 'VPNGW1-VRRP', 'VPNGW2-VRRP');
      otherPolicers(one);
    });
    assert.equal((await scene.run(gateway)).outcome, 'updated');
    assert.deepEqual(await scene.told(gateway), { version: 3, word: 'CREATE_COMPLETED', error: '' });
  });

  it('says so if what stood before does not work again', async () => {
    const gateway = await scene.standing();
    const before = scene.running(gateway);
    const { primary } = world.pairOf(gateway);
    primary.device.holdVrrpDown(`ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`, true);
    await scene.next(gateway, otherPolicers);
    const message = await scene.failure(gateway);
    assert.match(
      message,
      /; version 1 stands again, but was not seen working: MX-1 .* INIT, expected MASTER/,
    );
    assert.deepEqual(scene.running(gateway), before);
    assert.equal((await scene.told(gateway)).word, 'MODIFY_FAILED');
  });

  it('touches nothing where somebody has changed a statement of the version that stands', async () => {
    const gateway = await scene.standing();
    await scene.byHand(gateway, `set ${unitOf(gateway)} description "changed by hand"`);
    const before = scene.running(gateway);
    await scene.next(gateway, otherPolicers);
    const message = await scene.failure(gateway);
    assert.match(message, /description vpn_gw" was changed by somebody else; version 1 stands$/);
    assert.deepEqual(scene.running(gateway), before);
    assert.equal((await scene.told(gateway)).word, 'MODIFY_FAILED');
  });

  it('refuses other routers, and touches nothing', async () => {
    const gateway = await scene.standing();
    const before = tracesOf(world.routers);
    await scene.next(gateway, (one) => {
      const { body } = one.neighbour('ha_router');
      const { primary_router_id: primary, secondary_router_id: secondary } = body;
      Object.assign(body, { primary_router_id: secondary, secondary_router_id: primary });
    });
    const message = await scene.failure(gateway);
    assert.match(message, /it stands on edge router .* as its primary router: expected the same, got/);
    assertUntouched(world.routers, before);
    assert.equal((await scene.told(gateway)).word, 'MODIFY_FAILED');
  });

  it('is refused as a creation, and a creation as an update, with the workflow that would be right', async () => {
    const gateway = await scene.standing();
    await scene.next(gateway, otherPolicers);
    assert.match(
      await scene.failure(gateway, WORKFLOWS.create),
      /start updateGateway \(gateway-saga update\), or applyGateway/,
    );
    assert.match(
      await scene.failure(gateway, WORKFLOWS.delete),
      /"marked_for_deletion": expected true, got false$/,
    );
    const fresh = world.gateway('vpn_gateway', 40);
    await world.write(fresh);
    assert.match(
      await scene.failure(fresh, WORKFLOWS.update),
      /start createGateway \(gateway-saga create\), or applyGateway/,
    );
    assert.equal((await scene.run(fresh)).outcome, 'created');
    assert.equal((await scene.told(gateway)).version, 1);
  });

  it('refuses a gateway that another system has made: nothing is published', async () => {
    const gateway = await scene.standing();
    await world.etcd.write('lose', { unchanged: [], put: [], remove: [KEYS.plan(gateway)] });
    await scene.next(gateway, otherPolicers);
    assert.match(await scene.failure(gateway), /gateway-saga has no record of it/);
    assert.equal((await scene.told(gateway)).version, 1);
  });
});
