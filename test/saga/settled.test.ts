import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { assertUntouched, revisionOf, tracesOf } from '../world/evidence.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('a version that has ended', function () {
  this.timeout(30_000);
  let world: World;
  let number = 0;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  const created = async (): Promise<TestGateway> => {
    const gateway = world.gateway('internet_gateway', (number += 1));
    assert.equal((await world.create(gateway)).kind, 'created');
    return gateway;
  };
  /** One that a router has refused. */
  const failed = async (): Promise<TestGateway> => {
    const gateway = world.gateway('internet_gateway', (number += 1));
    world.pairOf(gateway).primary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'check',
      outcome: { kind: 'fail-check', message: 'not today' },
    });
    assert.equal((await world.create(gateway)).kind, 'failed');
    return gateway;
  };
  /** Creates it again, which may write nothing and visit no router. */
  const untouched = async (gateway: TestGateway, version?: number) => {
    const traces = tracesOf(world.routers);
    const revision = await revisionOf(world);
    const run = await world.client.create({ ...gateway, ...(version !== undefined && { version }) });
    const outcome = await run.result();
    assert.equal(await revisionOf(world), revision, 'something was written');
    assertUntouched(world.routers, traces);
    return outcome;
  };

  it('as created is reported again, and nothing is changed', async () => {
    const gateway = await created();
    for (const version of [undefined, 1]) {
      const outcome = await untouched(gateway, version);
      assert.ok(outcome.kind === 'created', JSON.stringify(outcome));
      assert.equal(outcome.alreadyEnded, true);
      assert.equal(outcome.gateway.version, 1);
    }
  });

  it('as failed is reported again with what to do, and nothing is changed', async () => {
    const gateway = await failed();
    const outcome = await untouched(gateway);
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.AlreadyEnded, JSON.stringify(outcome));
    assert.match(
      outcome.message,
      /^version 1 ended as CREATE_FAILED \(.*not today.*\); to try again, write a new version, or ask for this one by gateway-saga apply --again$/,
    );
  });

  it('is reported even when the configuration has moved on', async () => {
    const gateway = await failed();
    gateway.gateway.version = 2;
    await world.write(gateway);
    const outcome = await untouched(gateway, 1);
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.AlreadyEnded, JSON.stringify(outcome));
  });

  it('as failed can be followed by a new one', async () => {
    const gateway = await failed();
    gateway.gateway.version = 2;
    const outcome = await world.create(gateway);
    assert.ok(outcome.kind === 'created', JSON.stringify(outcome));
    assert.equal(outcome.gateway.version, 2);
    const words = (await world.history(KEYS.state(gateway))) as {
      version: number;
      state: { worker_state: string };
    }[];
    assert.deepEqual(
      words.map(({ version, state }) => [version, state.worker_state]),
      [
        [1, 'CREATE_FAILED'],
        [2, 'CREATE_COMPLETED'],
      ],
    );
  });

  it('as created is followed by an update, not by another creation, and nothing is touched', async () => {
    const gateway = await created();
    gateway.gateway.version = 2;
    await world.write(gateway);
    const outcome = await untouched(gateway);
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.InvalidRequest, JSON.stringify(outcome));
    assert.match(
      outcome.message,
      /^create: expected update for .*; start updateGateway \(gateway-saga update\), or applyGateway \(gateway-saga apply\), which does what the configuration asks for$/,
    );
    assert.match(JSON.stringify(await world.state(gateway)), /"version":1/);
  });

  it('can not be overtaken by an older one', async () => {
    const gateway = await failed();
    gateway.gateway.version = 0;
    await world.write(gateway);
    const outcome = await untouched(gateway);
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.Superseded, JSON.stringify(outcome));
  });

  it('is not taken for another version that was requested', async () => {
    const gateway = await created();
    const outcome = await untouched(gateway, 7);
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.InvalidRequest, JSON.stringify(outcome));
    assert.match(outcome.message, /^version: expected 1, which .* has, got 7$/);
  });
});
