import assert from 'node:assert/strict';
import type { Activities } from '../../activities/index.ts';
import { recordMonitoring } from '../../activities/saga/record.ts';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { PROGRESS_QUERY } from '../../gateway/messages.ts';
import type { Progress } from '../../gateway/messages.ts';
import { assertSameRunning, keysOf, putRaw, removeKeys, tracesOf } from '../world/evidence.ts';
import { assertCandidatesFree, assertCreatedNext, assertUndone, failCreation } from '../world/failure.ts';
import { Meanwhile } from '../world/meanwhile.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('a creation whose configuration moved on', function () {
  this.timeout(30_000);
  let world: World;
  let number = 0;
  const meanwhile = new Meanwhile();
  before(async () => {
    world = await openWorld({ wrap: meanwhile.wrap, policy: { vrrpLimitMs: 600, settlePatienceMs: 500 } });
  });
  afterEach(async () => {
    assert.equal(meanwhile.isDue, false, 'the step never came');
    await assertCandidatesFree(world);
  });
  after(() => world.close());

  const next = () => world.gateway('vpn_gateway', (number += 1));
  const put = (gateway: TestGateway) =>
    putRaw(world, recordOf(gateway.gateway).key, recordOf(gateway.gateway).value);
  const stacked = { heat_outputs: [] };

  const steps: readonly (readonly [keyof Activities, unknown])[] = [
    ['requestApply', {}],
    ['recordStack', {}],
    ['requestConfirm', stacked],
  ];
  for (const [step, jobState] of steps) {
    it(`to a newer version before ${step}: unwound, said at the old version, and the new one is created`, async () => {
      const gateway = next();
      const before = tracesOf(world.routers);
      meanwhile.before(step, async () => {
        gateway.gateway.version = 2;
        await put(gateway);
      });
      await world.write(gateway);
      const outcome = await (await world.client.create(gateway)).result();
      assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
      assert.equal(outcome.type, FAILURES.Superseded);
      gateway.gateway.version = 1;
      await assertUndone(world, gateway, before, {
        type: FAILURES.Superseded,
        says: /^superseded by version 2 of the configuration$/,
        jobState,
      });
      gateway.gateway.version = 2;
      const newer = await (await world.client.create({ ...gateway, version: 2 })).result();
      assert.equal(newer.kind, 'created', JSON.stringify(newer));
    });

    it(`to another body of the same version before ${step}: unwound, and a new version is asked for`, async () => {
      const gateway = next();
      const name = gateway.gateway.body['name'];
      meanwhile.before(step, async () => {
        gateway.gateway.body['name'] = 'another';
        await put(gateway);
      });
      await failCreation(world, gateway, {
        type: FAILURES.Superseded,
        says: /^version 1 of \/config\/v2\.0\/vpn_gateways\/\S+ was written again with another body while it was under way: write a new version$/,
        jobState,
      });
      gateway.gateway.body['name'] = name;
      await assertCreatedNext(world, gateway);
    });

    it(`and the configuration vanished before ${step}: unwound`, async () => {
      const gateway = next();
      meanwhile.before(step, () => removeKeys(world, [KEYS.gatewayConfig(gateway)]));
      await failCreation(world, gateway, {
        type: FAILURES.Superseded,
        says: /^superseded: the configuration vanished$/,
        jobState,
        isTold: false,
      });
      await assertCreatedNext(world, gateway);
    });
  }

  it('to a newer version before anything was registered: nothing is written', async () => {
    const gateway = next();
    const before = tracesOf(world.routers);
    meanwhile.before('register', async () => {
      gateway.gateway.version = 2;
      await put(gateway);
    });
    const outcome = await world.create(gateway);
    assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
    assert.equal(outcome.type, FAILURES.Superseded);
    assertSameRunning(world.routers, before);
    assert.deepEqual(await keysOf(world, gateway), {});
    const newer = await (await world.client.create(gateway)).result();
    assert.equal(newer.kind, 'created', JSON.stringify(newer));
  });

  it('before recordStack, when both routers were seen working already: no step comes after it', async () => {
    const gateway = next();
    const progress = () =>
      world.temporal.workflow
        .getHandle(`${gateway.resourceType}:${gateway.resourceId}`)
        .query<Progress>(PROGRESS_QUERY);
    const areSeen = async () =>
      (await progress()).steps.filter(({ step, status }) => step.startsWith('poll') && status === 'done')
        .length === 2;
    meanwhile.before('recordStack', async () => {
      while (!(await areSeen())) await new Promise((resolve) => setTimeout(resolve, 20));
      await removeKeys(world, [KEYS.gatewayConfig(gateway)]);
    });
    await failCreation(world, gateway, { type: FAILURES.Superseded, says: /vanished$/, isTold: false });
    const failed = (await progress()).steps.filter(({ status }) => status === 'failed');
    assert.deepEqual(
      failed.map(({ step }) => step),
      ['record'],
    );
    await assertCreatedNext(world, gateway);
  });

  const moves: readonly (readonly [string, (gateway: TestGateway) => Promise<unknown>, boolean])[] = [
    [
      'to a newer version',
      (gateway) => put({ ...gateway, gateway: { ...gateway.gateway, version: 2 } }),
      true,
    ],
    [
      'to another body of the same version',
      (gateway) =>
        put({
          ...gateway,
          gateway: { ...gateway.gateway, body: { ...gateway.gateway.body, name: 'another' } },
        }),
      true,
    ],
    ['and vanished', (gateway) => removeKeys(world, [KEYS.gatewayConfig(gateway)]), false],
  ];
  for (const [what, move, isTold] of moves) {
    const finished = async (gateway: TestGateway) => {
      const outcome = await world.create(gateway);
      assert.ok(outcome.kind === 'created' && outcome.gateway.version === 1, JSON.stringify(outcome));
      const states = (await world.history(KEYS.state(gateway))) as { version: number }[];
      assert.deepEqual(
        states.map(({ version }) => version),
        isTold ? [1] : [],
      );
      assert.ok((await keysOf(world, gateway))[KEYS.plan(gateway)]);
    };
    const end = isTold ? 'and is told' : 'and nobody is told';

    it(`${what} before the request to confirm is sent again: it stands, ${end}`, async () => {
      const gateway = next();
      meanwhile.before('requestConfirm', async ({ request, seen = [] }) => {
        await recordMonitoring(world, { gateway: request.gateway, run: request.run, seen });
        await move(gateway);
      });
      await finished(gateway);
    });

    it(`${what} once both routers carry it for good: it stands, ${end}`, async () => {
      const gateway = next();
      meanwhile.before('publishCompleted', async () => void (await move(gateway)));
      await finished(gateway);
    });
  }

  it('to being deleted: unwound', async () => {
    const gateway = next();
    meanwhile.before('recordStack', async () => {
      gateway.gateway.version = 2;
      gateway.gateway.markedForDeletion = true;
      await put(gateway);
    });
    const before = tracesOf(world.routers);
    const outcome = await world.create(gateway);
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.Superseded, JSON.stringify(outcome));
    assertSameRunning(world.routers, before);
  });

  for (const step of [
    'register',
    'requestApply',
    'recordStack',
    'requestConfirm',
    'publishCompleted',
  ] as const) {
    it(`but not when the same version is put again before ${step}: it goes on`, async () => {
      const gateway = next();
      meanwhile.before(step, () => put(gateway));
      const outcome = await world.create(gateway);
      assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
      assert.equal((await world.history(KEYS.state(gateway))).length, 1);
    });
  }
});
