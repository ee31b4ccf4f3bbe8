import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import type { Activities } from '../../activities/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import { pairIdOf } from '../../gateway/pair/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { assertSameRunning, tracesOf } from '../world/evidence.ts';
import { assertCandidatesFree } from '../world/failure.ts';
import type { TestGateway } from '../world/records.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './holds.ts';
import type { Moment } from './holds.ts';

/** An ask that lost its pair asks again after a minute: all wait at once, each on a pair of its own. */
describe('terminating', function () {
  this.timeout(120_000);
  const holds = new Holds();
  let world: World;
  let temporal: Client;
  let number = 0;

  const pairPoints: readonly [keyof Activities, Moment][] = [
    ['apply', 'before'],
    ['apply', 'after'],
    ['settle', 'before'],
    ['settle', 'after'],
  ];
  const sagaPoints: readonly [keyof Activities, Moment][] = [
    ['apply', 'before'],
    ['recordStack', 'before'],
    ['poll', 'after'],
    ['settle', 'before'],
  ];
  const stories = new Map<string, Promise<void>>();

  const terminate = async (workflowId: string) => {
    await temporal.workflow.getHandle(workflowId).terminate('by an operator');
  };
  const wordsOf = async (gateway: TestGateway) =>
    ((await world.history(KEYS.state(gateway))) as { state: { worker_state: string } }[]).map(
      ({ state }) => state.worker_state,
    );
  const assertCreated = (gateway: TestGateway) => {
    const vrf = String(gateway.gateway.body['vrf_name']);
    const { primary, secondary } = world.pairOf(gateway);
    for (const { name, device } of [primary, secondary]) assert.ok(device.running().includes(vrf), name);
  };

  const pairStory = async (pair: number, [activity, moment]: readonly [keyof Activities, Moment]) => {
    const gateway = world.gateway('vpn_gateway', (number += 1), pair);
    await world.write(gateway);
    const { primary, secondary } = world.pairOf(gateway);
    const hold = holds.at(gateway, activity, moment);
    const run = await world.client.create(gateway);
    await hold.reached;
    await terminate(pairIdOf([primary.id, secondary.id]));
    hold.release();
    const outcome = await run.result();
    const words = await wordsOf(gateway);
    if (outcome.kind === 'created') {
      assert.deepEqual(words, ['CREATE_COMPLETED']);
      assertCreated(gateway);
    } else {
      assert.deepEqual(words, ['CREATE_FAILED'], JSON.stringify(outcome));
    }
  };

  const sagaStory = async (pair: number, [activity, moment]: readonly [keyof Activities, Moment]) => {
    const gateway = world.gateway('vpn_gateway', (number += 1), pair);
    await world.write(gateway);
    const { primary, secondary } = world.pairOf(gateway);
    const before = tracesOf([primary, secondary]);
    const hold = holds.at(gateway, activity, moment);
    await world.client.create(gateway);
    await hold.reached;
    await terminate(workflowIdOf(gateway));
    hold.release();
    while ((await wordsOf(gateway)).length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    // Asked to keep, the pair keeps it, and says so for the saga that is gone (M4, M5).
    const isKept = activity === 'settle';
    assert.deepEqual(await wordsOf(gateway), [isKept ? 'CREATE_COMPLETED' : 'CREATE_FAILED']);
    if (isKept) assertCreated(gateway);
    else assertSameRunning([primary, secondary], before);
  };

  before(async () => {
    world = await openWorld({
      pairs: pairPoints.length + sagaPoints.length,
      wrap: holds.wrap,
      policy: { vrrpLimitMs: 3_000 },
    });
    temporal = new Client({
      connection: await Connection.connect({ address: world.stack.temporal.address }),
    });
    const begin = (name: string, story: Promise<void>) => {
      // Awaited by its test.
      story.catch(() => undefined);
      stories.set(name, story);
    };
    for (const [pair, point] of pairPoints.entries()) begin(`pair ${point.join()}`, pairStory(pair, point));
    for (const [index, point] of sagaPoints.entries())
      begin(`saga ${point.join()}`, sagaStory(pairPoints.length + index, point));
  });
  after(async () => {
    await temporal.connection.close();
    await world.close();
  });

  for (const [activity, moment] of pairPoints) {
    it(`a pair ${moment} ${activity} leaves one outcome, told once`, () =>
      stories.get(`pair ${activity},${moment}`));
  }
  for (const [activity, moment] of sagaPoints) {
    it(`a saga ${moment} ${activity} leaves its gateway to the pair, which tells its end`, () =>
      stories.get(`saga ${activity},${moment}`));
  }
  it('leaves no lock, no edit and nothing on trial', () => assertCandidatesFree(world));
});
