import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { main } from '../../command/run.ts';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { fakeIo } from '../command/fake-io.ts';
import { assertUntouched, revisionOf, tracesOf } from '../world/evidence.ts';
import { assertCandidatesFree } from '../world/failure.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';
import { ChangeScene } from './change-scene.ts';

describe('another attempt at a version that has failed', function () {
  this.timeout(40_000);
  const holds = new Holds();
  let world: World;
  let scene: ChangeScene;
  let number = 100;
  before(async () => {
    world = await openWorld({ wrap: holds.wrap, policy: { vrrpLimitMs: 600 }, short: 'steps' });
    scene = new ChangeScene(world);
  });
  afterEach(() => assertCandidatesFree(world));
  after(() => world.close());

  const unit = (gateway: TestGateway) => `ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`;
  const holdDown = (gateway: TestGateway, down: boolean) =>
    world.pairOf(gateway).primary.device.holdVrrpDown(unit(gateway), down);
  /** A gateway whose creation has failed, and whose VRRP stays down. */
  const failed = async (): Promise<TestGateway> => {
    const gateway = world.gateway('vpn_gateway', (number += 1));
    holdDown(gateway, true);
    const outcome = await world.create(gateway);
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.NotConverged, JSON.stringify(outcome));
    return gateway;
  };
  const refuseOnce = (gateway: TestGateway) =>
    world.pairOf(gateway).primary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'check',
      outcome: { kind: 'fail-check', message: 'not today' },
    });
  const apply = async ({ resourceType, resourceId }: TestGateway, again = true) =>
    world.client.apply({ resourceType, resourceId, again });
  const applied = async (gateway: TestGateway, again?: boolean) => (await apply(gateway, again)).result();
  const words = async (gateway: TestGateway) =>
    (
      (await world.history(KEYS.state(gateway))) as { state: { worker_state: string }; version: number }[]
    ).map(({ state, version }) => `${version} ${state.worker_state}`);
  const assertStands = (gateway: TestGateway) => {
    for (const running of scene.running(gateway))
      assert.ok(running.includes(String(gateway.gateway.body['vrf_name'])));
  };

  it('creates it once its cause is mended; without the wish it is told as before', async () => {
    const gateway = await failed();
    holdDown(gateway, false);
    const told = await applied(gateway, false);
    assert.ok(told.kind === 'failed' && told.type === FAILURES.AlreadyEnded, JSON.stringify(told));
    const outcome = await applied(gateway);
    assert.ok(outcome.kind === 'created' && !outcome.alreadyEnded, JSON.stringify(outcome));
    assertStands(gateway);
    assert.deepEqual(await words(gateway), ['1 CREATE_FAILED', '1 CREATE_COMPLETED']);
  });

  it('fails anew with one word of its own, and may be followed by a third one', async () => {
    const gateway = await failed();
    const second = await applied(gateway);
    assert.ok(second.kind === 'failed' && second.type === FAILURES.NotConverged, JSON.stringify(second));
    holdDown(gateway, false);
    const { body } = gateway.gateway;
    const vlan = body['downlink_vlan_id'];
    body['downlink_vlan_id'] = 5_000;
    await world.write(gateway);
    const third = await applied(gateway);
    assert.ok(third.kind === 'failed' && third.type === FAILURES.InvalidGateway, JSON.stringify(third));
    body['downlink_vlan_id'] = vlan;
    await world.write(gateway);
    assert.equal((await applied(gateway)).kind, 'created');
    assertStands(gateway);
    const failure = '1 CREATE_FAILED';
    assert.deepEqual(await words(gateway), [failure, failure, failure, '1 CREATE_COMPLETED']);
  });

  it('is none of what was made: that is told as before, and nothing is touched', async () => {
    const gateway = await scene.standing();
    const [traces, revision] = [tracesOf(world.routers), await revisionOf(world)];
    const outcome = await applied(gateway);
    assert.ok(outcome.kind === 'created' && outcome.alreadyEnded, JSON.stringify(outcome));
    assert.equal(await revisionOf(world), revision, 'something was written');
    assertUntouched(world.routers, traces);
  });

  it('updates, and then deletes, what stood meanwhile', async () => {
    const gateway = await scene.standing();
    refuseOnce(gateway);
    const policer = '10M-GA-DOWN-INET';
    await scene.next(gateway, (one) => (one.neighbour('qos_option').body['outgoing_policer_name'] = policer));
    assert.match(await scene.failure(gateway), /not today/);
    assert.equal((await applied(gateway)).kind, 'updated');
    for (const running of scene.running(gateway)) assert.ok(running.includes(`FILTER_${policer};`), running);
    refuseOnce(gateway);
    await scene.tombstone(gateway);
    assert.match(await scene.failure(gateway), /not today/);
    const io = fakeIo({ TEMPORAL_ADDRESS: world.stack.temporal.address });
    assert.equal(await main(['delete', '--again', 'vpn_gateway', gateway.resourceId], io), 0, io.err());
    assert.match(io.out(), /deleted at version 3\n$/);
    assert.deepEqual(await words(gateway), [
      '1 CREATE_COMPLETED',
      '2 MODIFY_FAILED',
      '2 CREATE_COMPLETED',
      '3 DELETE_FAILED',
      '3 DELETE_COMPLETED',
    ]);
  });

  it('joins what runs', async () => {
    const gateway = await failed();
    holdDown(gateway, false);
    const hold = holds.at(gateway, 'recordStack', 'before');
    const first = await apply(gateway);
    await hold.reached;
    const second = await apply(gateway);
    hold.release();
    const outcomes = await Promise.all([first.result(), second.result()]);
    assert.equal(outcomes[0].kind, 'created', JSON.stringify(outcomes[0]));
    assert.deepEqual(outcomes[1], outcomes[0]);
    assert.deepEqual(await words(gateway), ['1 CREATE_FAILED', '1 CREATE_COMPLETED']);
  });

  it('follows a run that only tells how the version had failed', async () => {
    const gateway = await failed();
    holdDown(gateway, false);
    const hold = holds.at(gateway, 'plan', 'after');
    const first = await apply(gateway, false);
    await hold.reached;
    const second = await apply(gateway);
    hold.release();
    const told = await first.result();
    assert.ok(told.kind === 'failed' && told.type === FAILURES.AlreadyEnded, JSON.stringify(told));
    assert.equal((await second.result()).kind, 'created');
    assertStands(gateway);
  });

  it('that is terminated before it publishes is published by its pair, once', async () => {
    const gateway = await failed();
    const hold = holds.at(gateway, 'publishFailed', 'before');
    await apply(gateway);
    await hold.reached;
    await world.temporal.workflow.getHandle(workflowIdOf(gateway)).terminate('by an operator');
    while ((await words(gateway)).length < 2) await setTimeout(100);
    hold.release();
    await setTimeout(300);
    assert.deepEqual(await words(gateway), ['1 CREATE_FAILED', '1 CREATE_FAILED']);
    holdDown(gateway, false);
    assert.equal((await applied(gateway)).kind, 'created');
    assert.deepEqual((await words(gateway)).length, 3);
  });
});
