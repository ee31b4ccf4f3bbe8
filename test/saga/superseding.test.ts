import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Activities } from '../../activities/index.ts';
import type { ChangeOutcome } from '../../client/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import { APPLY_SIGNAL } from '../../gateway/messages.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { putRaw, removeKeys, tracesOf } from '../world/evidence.ts';
import { assertCandidatesFree } from '../world/failure.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';
import type { Moment } from './breakpoints.ts';
import { ChangeScene } from './change-scene.ts';

/** Other policers: the names of two filters in one unit differ. */
function otherPolicers(gateway: TestGateway): void {
  gateway.neighbour('qos_option').body['incoming_policer_name'] = '10M-GA-UP-INET';
}

describe('a newer version of a gateway that is asked for while an older one is under way', function () {
  this.timeout(60_000);
  const holds = new Holds();
  let world: World;
  let scene: ChangeScene;
  let number = 100;
  before(async () => {
    world = await openWorld({
      wrap: holds.wrap,
      policy: { vrrpLimitMs: 20_000 },
    });
    scene = new ChangeScene(world);
  });
  afterEach(() => assertCandidatesFree(world));
  after(() => world.close());

  const first = async (): Promise<TestGateway> => {
    const gateway = world.gateway('vpn_gateway', (number += 1));
    await world.write(gateway);
    return gateway;
  };
  const ask = (gateway: TestGateway) =>
    world.client.apply({
      resourceType: gateway.resourceType,
      resourceId: gateway.resourceId,
      version: gateway.gateway.version,
    });
  /** `/state` of each version: `1 CREATE_FAILED`. */
  const toldOf = async (gateway: TestGateway): Promise<readonly string[]> => {
    const states = (await world.history(KEYS.state(gateway))) as {
      readonly version: number;
      readonly error: string;
      readonly state: { readonly worker_state: string };
    }[];
    return states.map(
      ({ version, error, state }) => `${version} ${state.worker_state}${error === '' ? '' : `: ${error}`}`,
    );
  };
  /** How often each router has had the gateway applied. */
  const appliesOf = (gateway: TestGateway): readonly number[] =>
    tracesOf(world.routers).map(
      ({ commits }) =>
        commits.filter((log) => log?.includes(gateway.resourceId) && !log.includes('reverted:')).length,
    );
  const assertSuperseded = (outcome: ChangeOutcome, version: number, by: number) => {
    assert.ok(outcome.kind === 'superseded', JSON.stringify(outcome));
    assert.deepEqual([outcome.gateway.version, outcome.by, outcome.compensation], [version, by, []]);
  };

  const points: readonly [activity: keyof Activities, moment: Moment, applies: number, isTold: boolean][] = [
    ['plan', 'before', 1, false],
    ['plan', 'after', 1, false],
    ['register', 'before', 1, false],
    ['register', 'after', 1, true],
    ['requestApply', 'before', 1, true],
    // The pair ends an apply that it has begun, and reverts it then.
    ['apply', 'before', 2, true],
    ['apply', 'after', 2, true],
    ['recordStack', 'before', 2, true],
    ['poll', 'before', 2, true],
    ['poll', 'after', 2, true],
  ];
  /** Version 2 is asked for while the saga of version 1 stands at that point. */
  const supersededAt = async (activity: keyof Activities, moment: Moment) => {
    const gateway = await first();
    const hold = holds.at(gateway, activity, moment);
    const one = await ask(gateway);
    await hold.reached;
    await scene.next(gateway, otherPolicers);
    const two = await ask(gateway);
    hold.release();
    const newer = await two.result();
    return { gateway, older: await one.result(), newer };
  };

  for (const [activity, moment, applies, isTold] of points)
    it(`${moment} ${activity}: the older one is reverted or never begun, and the newer one is made`, async () => {
      const { gateway, older, newer } = await supersededAt(activity, moment);
      assert.ok(newer.kind === 'created' && newer.gateway.version === 2, JSON.stringify(newer));
      assertSuperseded(older, 1, 2);
      const [last, ...before] = (await toldOf(gateway)).toReversed();
      assert.equal(last, '2 CREATE_COMPLETED');
      assert.equal(before.length, isTold ? 1 : 0, before.join());
      for (const words of before) assert.match(words, /^1 CREATE_FAILED: superseded by version 2/);
      for (const count of appliesOf(gateway)) assert.ok(count <= applies, `${count} applies`);
    });

  const late: readonly (readonly [keyof Activities, Moment])[] = [
    ['requestConfirm', 'before'],
    ['requestConfirm', 'after'],
    ['settle', 'before'],
    ['settle', 'after'],
    ['publishCompleted', 'before'],
    ['publishCompleted', 'after'],
  ];
  for (const [activity, moment] of late)
    it(`${moment} ${activity}: the older one ends first, as /state says, and the newer one is made`, async () => {
      const { gateway, older, newer } = await supersededAt(activity, moment);
      const [before = '', ...others] = await toldOf(gateway);
      assert.deepEqual(others, ['2 CREATE_COMPLETED']);
      if (activity === 'requestConfirm' && moment === 'before') {
        assertSuperseded(older, 1, 2);
        assert.match(before, /^1 CREATE_FAILED: superseded by version 2/);
        assert.equal(newer.kind, 'created', JSON.stringify(newer));
      } else {
        assert.equal(older.kind, 'created', JSON.stringify(older));
        assert.equal(before, '1 CREATE_COMPLETED');
        assert.equal(newer.kind, 'updated', JSON.stringify(newer));
      }
    });

  it('is made from the version that stands, which is put back meanwhile and not waited for', async () => {
    const gateway = await scene.standing();
    const before = scene.running(gateway);
    await scene.next(gateway, otherPolicers);
    const hold = holds.at(gateway, 'poll', 'before');
    const two = await ask(gateway);
    await hold.reached;
    const reverted = holds.at(gateway, 'publishFailed', 'before');
    await scene.next(
      gateway,
      (one) => (one.neighbour('qos_option').body['incoming_policer_name'] = '10M-GA-UP-VPN'),
    );
    const three = await ask(gateway);
    hold.release();
    await reverted.reached;
    assert.deepEqual(scene.running(gateway), before);
    reverted.release();
    const newer = await three.result();
    assert.ok(newer.kind === 'unchanged' || newer.kind === 'updated', JSON.stringify(newer));
    assertSuperseded(await two.result(), 2, 3);
    const [, told, ...others] = await toldOf(gateway);
    assert.match(
      told ?? '',
      /^2 MODIFY_FAILED: superseded by version 3( of the configuration)?; version 1 stands again$/,
    );
    assert.deepEqual(others, ['3 CREATE_COMPLETED']);
  });

  it('takes the place of an update that changes nothing on the routers, too', async () => {
    const gateway = await scene.standing();
    const hold = holds.at(gateway, 'publishUnchanged', 'before');
    await scene.next(gateway);
    const two = await ask(gateway);
    await hold.reached;
    await scene.next(gateway, otherPolicers);
    const three = await ask(gateway);
    hold.release();
    assert.equal((await three.result()).kind, 'updated');
    assertSuperseded(await two.result(), 2, 3);
    const [, before, ...others] = await toldOf(gateway);
    assert.match(before ?? '', /^2 MODIFY_FAILED: superseded by version 3/);
    assert.deepEqual(others, ['3 CREATE_COMPLETED']);
  });

  it('vanishes, and the one on trial is reverted; a signal tells', async () => {
    const gateway = await first();
    const before = tracesOf(world.routers).map(({ running }) => running);
    const unit = `ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`;
    for (const { device } of world.routers) device.holdVrrpDown(unit, true);
    const hold = holds.at(gateway, 'poll', 'before');
    const one = await ask(gateway);
    await hold.reached;
    hold.release();
    await removeKeys(world, [KEYS.gatewayConfig(gateway)]);
    await world.temporal.workflow.getHandle(one.workflowId).signal(APPLY_SIGNAL);
    // VRRP never comes up: the poll is interrupted.
    const outcome = await one.result();
    assert.ok(outcome.kind === 'failed' && outcome.type === 'Superseded', JSON.stringify(outcome));
    assert.match(outcome.message, /^superseded: the configuration vanished/);
    assert.deepEqual(
      tracesOf(world.routers).map(({ running }) => running),
      before,
    );
  });

  it('is a deletion: the creation is reverted, and nothing of it stands', async () => {
    const gateway = await first();
    const before = tracesOf(world.routers).map(({ running }) => running);
    const hold = holds.at(gateway, 'poll', 'before');
    const one = await ask(gateway);
    await hold.reached;
    await scene.tombstone(gateway);
    const two = await ask(gateway);
    hold.release();
    assert.equal((await two.result()).kind, 'deleted');
    assertSuperseded(await one.result(), 1, 2);
    const [created, deleted] = await toldOf(gateway);
    assert.match(created ?? '', /^1 CREATE_FAILED: superseded by version 2/);
    assert.equal(deleted, '2 DELETE_COMPLETED');
    assert.deepEqual(
      tracesOf(world.routers).map(({ running }) => running),
      before,
    );
  });

  it('is not there: the older one goes on', async () => {
    const gateway = await first();
    const hold = holds.at(gateway, 'poll', 'before');
    const one = await ask(gateway);
    await hold.reached;
    const two = await world.client.apply({ ...gateway, version: 2 });
    hold.release();
    assert.equal((await one.result()).kind, 'created');
    assert.equal((await two.result()).kind, 'failed');
    assert.deepEqual(await toldOf(gateway), ['1 CREATE_COMPLETED']);
  });

  it('is the last of fifty within ten seconds: at most two are applied', async () => {
    const gateway = await first();
    const runs = [await ask(gateway)];
    while (runs.length < 50) {
      await sleep(190);
      gateway.gateway.version += 1;
      const { key, value } = recordOf(gateway.gateway);
      await putRaw(world, key, value);
      runs.push(await ask(gateway));
    }
    const outcomes = await Promise.all(runs.map((run) => run.result()));
    assert.equal(outcomes.pop()?.kind, 'created');
    for (const { kind } of outcomes) assert.equal(kind, 'superseded');
    for (const count of appliesOf(gateway)) assert.ok(count >= 1 && count <= 2, `${count} applies`);
    const told = await toldOf(gateway);
    assert.equal(told.at(-1), '50 CREATE_COMPLETED');
    assert.ok(told.length <= 2, told.join());
  });
});
