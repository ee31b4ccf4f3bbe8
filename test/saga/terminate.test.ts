import assert from 'node:assert/strict';
import type { Activities } from '../../activities/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { assertCandidatesFree } from '../world/failure.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';
import type { Moment } from './breakpoints.ts';

/**
 * All cases run at once, each on a pair of its own with a second, undisturbed gateway. The limit is shorter than the minute after
 * which a request is sent again by itself: the missing pair has to be noticed before that.
 */
describe('terminating', function () {
  this.timeout(50_000);
  const holds = new Holds();
  let world: World;
  let number = 0;

  const pairPoints: readonly [keyof Activities, Moment][] = [
    ['reserve', 'before'],
    ['reserve', 'after'],
    ['apply', 'before'],
    ['apply', 'after'],
    ['poll', 'before'],
    ['settle', 'before'],
    ['settle', 'after'],
    ['endReservation', 'before'],
    ['endReservation', 'after'],
  ];
  const sagaPoints: readonly [keyof Activities, Moment][] = [
    ['apply', 'before'],
    ['recordStack', 'before'],
    ['poll', 'after'],
    ['settle', 'before'],
    ['publishCompleted', 'before'],
  ];
  const stories = new Map<string, Promise<void>>();

  const terminate = async (workflowId: string) => {
    await world.temporal.workflow.getHandle(workflowId).terminate('by an operator');
  };
  const wordsOf = async (gateway: TestGateway) =>
    ((await world.history(KEYS.state(gateway))) as { state: { worker_state: string } }[]).map(
      ({ state }) => state.worker_state,
    );
  const assertCarried = (gateway: TestGateway, isCarried: boolean) => {
    const unit = `unit ${String(gateway.gateway.body['downlink_vlan_id'])} `;
    const { primary, secondary } = world.pairOf(gateway);
    for (const { name, device } of [primary, secondary])
      assert.equal(device.running().includes(unit), isCarried, name);
  };
  const assertCreated = (gateway: TestGateway) => assertCarried(gateway, true);
  const written = async (pair: number) => {
    const gateway = world.gateway('vpn_gateway', (number += 1), pair);
    await world.write(gateway);
    return gateway;
  };

  const pairStory = async (pair: number, [activity, moment]: readonly [keyof Activities, Moment]) => {
    const [gateway, other] = [await written(pair), await written(pair)];
    const { primary, secondary } = world.pairOf(gateway);
    const pairId = pairIdOf([primary.id, secondary.id]);
    const isReservation = activity === 'reserve' || activity === 'endReservation';
    const hold = holds.at(isReservation ? { resourceId: pairId } : gateway, activity, moment);
    const runs = [await world.client.create(gateway), await world.client.create(other)];
    await hold.reached;
    await terminate(pairId);
    hold.release();
    for (const [index, run] of runs.entries()) {
      const outcome = await run.result();
      assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
      const one = index === 0 ? gateway : other;
      assert.deepEqual(await wordsOf(one), ['CREATE_COMPLETED']);
      assertCreated(one);
    }
  };

  const sagaStory = async (pair: number, [activity, moment]: readonly [keyof Activities, Moment]) => {
    const [gateway, other] = [await written(pair), await written(pair)];
    const hold = holds.at(gateway, activity, moment);
    await world.client.create(gateway);
    const second = await world.client.create(other);
    await hold.reached;
    await terminate(workflowIdOf(gateway));
    // Its last step is never done by itself.
    const isLast = activity === 'publishCompleted';
    if (!isLast) hold.release();
    assert.equal((await second.result()).kind, 'created');
    assertCreated(other);
    while ((await wordsOf(gateway)).length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    if (isLast) hold.release();
    // Requested to confirm, the pair keeps the gateway, and publishes for the missing saga (M4, M5).
    const isKept = activity === 'settle' || isLast;
    assert.deepEqual(await wordsOf(gateway), [isKept ? 'CREATE_COMPLETED' : 'CREATE_FAILED']);
    assertCarried(gateway, isKept);
  };

  /** A newer version of its configuration is written before the pair can publish for it. */
  const movedOnStory = async (pair: number) => {
    const gateway = await written(pair);
    const hold = holds.at(gateway, 'publishCompleted', 'before');
    await world.client.create(gateway);
    await hold.reached;
    await world.write({ ...gateway, gateway: { ...gateway.gateway, version: 2 } });
    await terminate(workflowIdOf(gateway));
    while ((await wordsOf(gateway)).length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    hold.release();
    assert.deepEqual(await wordsOf(gateway), ['CREATE_COMPLETED']);
    assertCarried(gateway, true);
  };

  before(async () => {
    world = await openWorld({
      pairs: pairPoints.length + sagaPoints.length + 1,
      wrap: holds.wrap,
      policy: { vrrpLimitMs: 6_000 },
    });
    const begin = (name: string, story: Promise<void>) => {
      // Awaited by its test.
      story.catch(() => undefined);
      stories.set(name, story);
    };
    for (const [pair, point] of pairPoints.entries()) begin(`pair ${point.join()}`, pairStory(pair, point));
    for (const [index, point] of sagaPoints.entries())
      begin(`saga ${point.join()}`, sagaStory(pairPoints.length + index, point));
    begin('moved on', movedOnStory(pairPoints.length + sagaPoints.length));
  });
  after(async () => {
    await world.close();
  });

  for (const [activity, moment] of pairPoints) {
    it(`a pair ${moment} ${activity} leaves both its gateways created, each published once`, () =>
      stories.get(`pair ${activity},${moment}`));
  }
  for (const [activity, moment] of sagaPoints) {
    it(`a saga ${moment} ${activity} leaves its gateway to the pair, which publishes its /state`, () =>
      stories.get(`saga ${activity},${moment}`));
  }
  it('a saga whose gateway is kept, and whose configuration has moved on, leaves its /state to the pair', () =>
    stories.get('moved on'));
  it('leaves no lock, no edit and nothing on trial', () => assertCandidatesFree(world));
});
