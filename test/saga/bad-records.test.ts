import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Activities } from '../../activities/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { assertUntouched, tracesOf } from '../world/evidence.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';

const HELD_MS = 20_000;

describe('a record of ours that can not be read', function () {
  this.timeout(30_000);
  const holds = new Holds();
  let world: World;
  let number = 0;
  let asked = 0;
  before(async () => {
    world = await openWorld({
      pairs: 5,
      wrap: (activities) => holds.wrap(counted(activities)),
      short: 'steps',
    });
  });
  after(() => world.close());

  for (const [pair, what, keyOf] of [
    [0, 'of the gateway', (gateway: { resourceType: string; resourceId: string }) => KEYS.plan(gateway)],
    [1, 'of a router', (_: unknown, router: string) => KEYS.router(router)],
    [
      2,
      'of what a router owes',
      (_: unknown, router: string) => `${KEYS.owedChanges(router)}vpn_gateways/x/1:0`,
    ],
  ] as const) {
    it(`${what} ends the creation, with the key and what is wrong, and touches no router`, async () => {
      const gateway = world.gateway('vpn_gateway', (number += 1), pair);
      const traces = tracesOf(world.routers);
      const key = keyOf(gateway, world.pairOf(gateway).secondary.id);
      await world.etcd.write('test', { unchanged: [], put: [{ key, value: Buffer.from('nonsense') }] });
      const outcome = await world.create(gateway);
      await world.etcd.write('test', { unchanged: [], put: [], remove: [key] });
      assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.StoreCorrupt, JSON.stringify(outcome));
      assert.ok(outcome.message.startsWith(`The record at ${key} can't be read: it `), outcome.message);
      assert.deepEqual(outcome.compensation, []);
      const [state, ...others] = (await world.history(KEYS.state(gateway))) as { error: string }[];
      assert.deepEqual([state?.error, others], [outcome.message, []]);
      assertUntouched(world.routers, traces);
    });
  }

  it('of a router, once the gateway is registered, is waited for: shown, read less and less often, and done with once it is repaired', async () => {
    const { gateway, run, why, mend } = await brokenBefore('reserve', 3);
    assert.equal(await blockedBy(gateway), why);
    const status = await world.client.status(gateway);
    assert.ok(status.kind === 'running', status.kind);
    assert.equal(status.progress?.steps.find(({ step }) => step === 'apply')?.blockedBy, why);
    const before = asked;
    await sleep(2_000);
    assert.ok(asked - before <= 1, `${asked - before} activities in two seconds`);
    await mend();
    const outcome = await run.result();
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
  });

  it('of a router that carries a batch is shown as what blocks the batch, which is settled once the record is repaired', async () => {
    const { gateway, run, why, mend } = await brokenBefore('settle', 4);
    assert.equal(await blockedBy(gateway), why);
    await mend();
    const outcome = await run.result();
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
  }).timeout(60_000);

  /** The secondary's record is edited by hand just before a step of the pair. */
  async function brokenBefore(step: 'reserve' | 'settle', pair: number) {
    const gateway = world.gateway('vpn_gateway', (number += 1), pair);
    await world.write(gateway);
    const { primary, secondary } = world.pairOf(gateway);
    const hold = holds.at({ resourceId: pairIdOf([primary.id, secondary.id]) }, step, 'before');
    const run = await world.client.create(gateway);
    await hold.reached;
    const key = KEYS.router(secondary.id);
    const [{ value }] = await world.etcd.read('test', [key] as const);
    const { reservation = null, ...record } = JSON.parse(value?.toString() ?? '{}') as Record<string, object>;
    const whole = { id: 't', pair: 'p', since: '', sessions: [], members: [], committedAt: null };
    const put = (put: unknown) => world.etcd.write('test', { unchanged: [], put: [{ key, value: put }] });
    await put({ ...record, reservation: { ...(reservation ?? whole), token: 'many' } });
    hold.release();
    return {
      gateway,
      run,
      why: `The record at ${key} can't be read: field "reservation.token": expected a whole number, got "many"`,
      mend: () => put({ ...record, reservation }),
    };
  }

  /** What the pair's queue says, as soon as it says something. */
  async function blockedBy(gateway: TestGateway): Promise<string> {
    const { primary, secondary } = world.pairOf(gateway);
    const givenUp = Date.now() + HELD_MS;
    for (;;) {
      const [pair] = await world.client.queue(`${primary.id}+${secondary.id}`);
      if (typeof pair?.queue?.blockedBy === 'string') return pair.queue.blockedBy;
      assert.ok(Date.now() < givenUp, `after ${HELD_MS} ms: ${JSON.stringify(pair)}`);
      await sleep(50);
    }
  }

  function counted(activities: Activities): Activities {
    return {
      ...activities,
      reserve: (input) => {
        asked += 1;
        return activities.reserve(input);
      },
    };
  }
});
