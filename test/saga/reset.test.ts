import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
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
import { resetBefore } from './resets.ts';

const TOLD_MS = 60_000;

type Name = keyof Activities;
/** Where it stands when it is reset, and to before which activity. `ended`: its workflow, or its batch, has. */
type Story = readonly [at: Name | 'ended', moment: Moment, to: Name];

/** All cases run at once, each on a pair of its own with a second, undisturbed gateway. */
describe('resetting', function () {
  this.timeout(150_000);
  const holds = new Holds();
  let world: World;

  const sagaStories: readonly Story[] = [
    ['register', 'after', 'register'],
    ['requestApply', 'before', 'requestApply'],
    ['apply', 'before', 'requestApply'],
    ['apply', 'after', 'register'],
    ['poll', 'before', 'poll'],
    ['poll', 'after', 'requestApply'],
    ['poll', 'after', 'plan'],
    ['settle', 'before', 'requestConfirm'],
    ['settle', 'before', 'requestApply'],
    ['settle', 'after', 'poll'],
    ['publishCompleted', 'before', 'publishCompleted'],
    ['publishCompleted', 'after', 'requestConfirm'],
    ['ended', 'after', 'publishCompleted'],
    ['ended', 'after', 'requestConfirm'],
    ['ended', 'after', 'requestApply'],
    ['ended', 'after', 'register'],
    ['ended', 'after', 'plan'],
  ];
  const pairStories: readonly Story[] = [
    ['reserve', 'before', 'reserve'],
    ['reserve', 'after', 'reserve'],
    ['apply', 'before', 'reserve'],
    ['apply', 'after', 'apply'],
    ['poll', 'before', 'reserve'],
    ['poll', 'before', 'apply'],
    ['settle', 'before', 'settle'],
    ['settle', 'after', 'apply'],
    ['endReservation', 'before', 'endReservation'],
    ['endReservation', 'before', 'reserve'],
    ['endReservation', 'after', 'reserve'],
    ['ended', 'after', 'settle'],
    ['ended', 'after', 'reserve'],
  ];
  const told = new Map<string, Promise<void>>();

  const pairOf = (gateway: TestGateway) => {
    const { primary, secondary } = world.pairOf(gateway);
    return pairIdOf([primary.id, secondary.id]);
  };
  const assertCreated = async (gateway: TestGateway) => {
    const states = (await world.history(KEYS.state(gateway))) as { state: { worker_state: string } }[];
    assert.deepEqual(
      states.map(({ state }) => state.worker_state),
      ['CREATE_COMPLETED'],
      JSON.stringify(states),
    );
    const { primary, secondary } = world.pairOf(gateway);
    const vrf = String(gateway.gateway.body['vrf_name']);
    for (const { name, device } of [primary, secondary]) assert.ok(device.running().includes(vrf), name);
  };

  /** Two gateways on a pair; the first is halted where the case says, and one workflow is reset there. */
  const tell = async (index: number, [at, moment, to]: Story, who: 'saga' | 'pair') => {
    const gateway = world.gateway('vpn_gateway', 2 * index, index);
    const other = world.gateway('vpn_gateway', 2 * index + 1, index);
    await world.write(gateway);
    await world.write(other);
    const pair = pairOf(gateway);
    const ofPair = at === 'reserve' || at === 'endReservation';
    const hold = at === 'ended' ? undefined : holds.at(ofPair ? { resourceId: pair } : gateway, at, moment);
    const [run, second] = [await world.client.create(gateway), await world.client.create(other)];
    if (hold === undefined) await Promise.all([run.result(), second.result()]);
    else await hold.reached;
    const workflowId = who === 'pair' ? pair : workflowIdOf(gateway);
    await resetBefore(world.temporal, workflowId, to);
    hold?.release();
    const ended = async (one: TestGateway) => {
      await world.temporal.workflow
        .getHandle(workflowIdOf(one))
        .result()
        .catch(() => undefined);
    };
    await Promise.all([ended(gateway), ended(other)]);
    await assertCreated(gateway);
    await assertCreated(other);
    // The next gateway finds the routers free.
    const next = world.gateway('vpn_gateway', 2 * index + 1_000, index);
    await world.create(next);
    await assertCreated(next);
  };

  /** It was applied by then; what was reset does not know of it any more. */
  const cancelled: readonly (readonly [who: 'saga' | 'pair', to: Name])[] = [
    ['saga', 'register'],
    ['saga', 'requestApply'],
    ['pair', 'reserve'],
    ['pair', 'apply'],
  ];
  const tellCancelled = async (index: number, [who, to]: (typeof cancelled)[number]) => {
    const gateway = world.gateway('vpn_gateway', 2 * index, index);
    await world.write(gateway);
    const hold = holds.at(gateway, 'poll', 'before');
    await world.client.create(gateway);
    await hold.reached;
    await resetBefore(world.temporal, who === 'pair' ? pairOf(gateway) : workflowIdOf(gateway), to);
    const saga = world.temporal.workflow.getHandle(workflowIdOf(gateway));
    await saga.cancel();
    hold.release();
    await saga.result().catch(() => undefined);
    const told = async () =>
      (await world.history(KEYS.state(gateway))) as { state: { worker_state: string } }[];
    const givenUp = Date.now() + TOLD_MS;
    while ((await told()).length === 0) {
      assert.ok(Date.now() < givenUp, `nothing in /state after ${TOLD_MS} ms`);
      await sleep(100);
    }
    assert.deepEqual(
      (await told()).map(({ state }) => state.worker_state),
      ['CREATE_FAILED'],
    );
    const { primary, secondary } = world.pairOf(gateway);
    const vrf = String(gateway.gateway.body['vrf_name']);
    for (const { name, device } of [primary, secondary]) assert.ok(!device.running().includes(vrf), name);
  };
  before(async () => {
    world = await openWorld({
      pairs: sagaStories.length + pairStories.length + cancelled.length,
      wrap: holds.wrap,
      policy: { vrrpLimitMs: 20_000 },
    });
    const begin = (name: string, story: Promise<void>) => {
      // Awaited by its test.
      story.catch(() => undefined);
      told.set(name, story);
    };
    for (const [index, story] of sagaStories.entries())
      begin(`saga ${story.join()}`, tell(index, story, 'saga'));
    for (const [index, story] of pairStories.entries())
      begin(`pair ${story.join()}`, tell(sagaStories.length + index, story, 'pair'));
    const first = sagaStories.length + pairStories.length;
    for (const [index, story] of cancelled.entries())
      begin(`cancelled ${story.join()}`, tellCancelled(first + index, story));
  });
  after(async () => {
    await world.close();
  });

  for (const story of sagaStories) {
    const [at, moment, to] = story;
    it(`a saga ${moment} ${at} to before ${to} ends as created, published once`, () =>
      told.get(`saga ${story.join()}`));
  }
  for (const story of pairStories) {
    const [at, moment, to] = story;
    it(`a pair ${moment} ${at} to before ${to} leaves both its gateways created`, () =>
      told.get(`pair ${story.join()}`));
  }
  for (const story of cancelled) {
    const [who, to] = story;
    it(`a ${who} to before ${to}, and cancelled then, has left nothing on the routers when it reports its end`, () =>
      told.get(`cancelled ${story.join()}`));
  }
  it('leaves no lock, no edit and nothing on trial', () => assertCandidatesFree(world));
});
