import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import type { Activities } from '../../activities/index.ts';
import type { GatewayOutcome, GatewayRun } from '../../client/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { failedState } from '../../gateway/records.ts';
import { assertSameRunning, keysOf, tracesOf } from '../world/evidence.ts';
import type { TestGateway } from '../world/records.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds, meeting } from './holds.ts';
import type { Moment } from './holds.ts';

/** More than a heartbeat's interval and less than any patience or deadline. */
const PROMPT_MS = 6_000;
const PATIENCE_MS = 60_000;

describe('cancelling a creation', function () {
  this.timeout(30_000);
  const holds = new Holds();
  let world: World;
  let temporal: Client;
  let number = 0;
  before(async () => {
    world = await openWorld({
      pairs: 3,
      wrap: holds.wrap,
      policy: { patienceMs: PATIENCE_MS, vrrpLimitMs: PATIENCE_MS },
    });
    temporal = new Client({
      connection: await Connection.connect({ address: world.stack.temporal.address }),
    });
  });
  after(async () => {
    await temporal.connection.close();
    await world.close();
  });

  const begin = async (pair = 0): Promise<{ gateway: TestGateway; start: () => Promise<GatewayRun> }> => {
    const gateway = world.gateway(number % 2 === 0 ? 'vpn_gateway' : 'internet_gateway', (number += 1), pair);
    await world.write(gateway);
    return { gateway, start: () => world.client.create(gateway) };
  };
  const statusOf = async (run: GatewayRun): Promise<string> =>
    (await temporal.workflow.getHandle(run.workflowId).describe()).status.name;

  /** One outcome, the same wherever one looks: `/state`, the workflow, the client, the routers, the claims. */
  const assertCancelled = async (
    { gateway, run, before }: { gateway: TestGateway; run: GatewayRun; before: ReturnType<typeof tracesOf> },
    outcome: GatewayOutcome,
  ) => {
    assert.equal(outcome.kind, 'cancelled', JSON.stringify(outcome));
    assert.equal(await statusOf(run), 'CANCELLED');
    assert.deepEqual(await world.history(KEYS.state(gateway)), [failedState(1, 'cancelled')]);
    assertSameRunning(world.routers, before);
    const left = Object.keys(await keysOf(world, gateway)).filter((key) => key.startsWith('/gateway-saga/'));
    assert.deepEqual(left, [], 'claims or a plan are left');
  };
  const assertCreated = async (gateway: TestGateway, run: GatewayRun, outcome: GatewayOutcome) => {
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    assert.equal(await statusOf(run), 'COMPLETED');
    const states = (await world.history(KEYS.state(gateway))) as { state: { worker_state: string } }[];
    assert.deepEqual(
      states.map(({ state }) => state.worker_state),
      ['CREATE_COMPLETED'],
    );
    const { primary, secondary } = world.pairOf(gateway);
    const vrf = String(gateway.gateway.body['vrf_name']);
    for (const { device } of [primary, secondary])
      assert.ok(device.running().includes(vrf), 'not on the router');
  };

  const cases: readonly [keyof Activities, Moment][] = [
    ['plan', 'before'],
    ['plan', 'after'],
    ['register', 'before'],
    ['register', 'after'],
    ['push', 'before'],
    ['push', 'after'],
    ['recordStack', 'before'],
    ['recordStack', 'after'],
    ['poll', 'after'],
    ['recordMonitoring', 'before'],
    ['recordMonitoring', 'after'],
  ];
  for (const [activity, moment] of cases) {
    it(`unwinds when asked ${moment} ${activity} has done its work`, async () => {
      const { gateway, start } = await begin();
      const before = tracesOf(world.routers);
      const hold = holds.at(gateway, activity, moment);
      const run = await start();
      await hold.reached;
      await run.cancel();
      hold.release();
      await assertCancelled({ gateway, run, before }, await run.result());
    });
  }

  for (const moment of ['before', 'after'] as const) {
    it(`is too late when asked ${moment} the publication has been written`, async () => {
      const { gateway, start } = await begin();
      const hold = holds.at(gateway, 'publishCreated', moment);
      const run = await start();
      await hold.reached;
      await run.cancel();
      hold.release();
      await assertCreated(gateway, run, await run.result());
    });
  }

  it('changes nothing once the creation has ended', async () => {
    const { gateway, start } = await begin();
    const run = await start();
    await run.result();
    await run.cancel();
    await assertCreated(gateway, run, await run.result());
  });

  it('stops a push that has loaded but not committed, and leaves no edit and no lock behind', async () => {
    const { gateway, start } = await begin(1);
    const before = tracesOf(world.routers);
    const { primary } = world.pairOf(gateway);
    const { met, when } = meeting();
    primary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'check',
      when,
      outcome: { kind: 'delay', ms: 7_000 },
    });
    const run = await start();
    await met;
    const asked = performance.now();
    await run.cancel();
    await assertCancelled({ gateway, run, before }, await run.result());
    assert.ok(performance.now() - asked < PROMPT_MS, 'it waited for the router');
    assert.deepEqual(
      tracesOf(world.routers).map(({ commits }) => commits),
      before.map(({ commits }) => commits),
    );
    // The next one waits until the router has let go of the dropped session, and then finds nothing of it.
    assert.equal((await world.create(world.gateway('vpn_gateway', (number += 1), 1))).kind, 'created');
  });

  it('lets commits that have begun come to their end, and then removes what they brought', async () => {
    const { gateway, start } = await begin();
    const before = tracesOf(world.routers);
    const { primary, secondary } = world.pairOf(gateway);
    const meetings = [primary, secondary].map(({ device }) => {
      const { met, when } = meeting();
      device.faults.add({
        rpc: 'commit-configuration',
        step: 'activate',
        when,
        outcome: { kind: 'delay', ms: 4_000 },
      });
      return met;
    });
    const run = await start();
    await Promise.all(meetings);
    await run.cancel();
    await assertCancelled({ gateway, run, before }, await run.result());
    for (const { commits } of [primary, secondary].map((router) => tracesOf([router])[0]!)) {
      const ours = commits.filter((log) => log?.includes(gateway.resourceId));
      const log = `gateway-saga ${gateway.resourceType}:${gateway.resourceId} version 1`;
      assert.deepEqual(ours, [`${log}: removed`, log]);
    }
  });

  it('stops polls that wait for VRRP', async () => {
    const { gateway, start } = await begin();
    const before = tracesOf(world.routers);
    const unit = `ae0.${1025 + number}`;
    for (const { device } of world.routers) device.holdVrrpDown(unit, true);
    const run = await start();
    for await (const { steps } of run.watch({ intervalMs: 50 }))
      if (steps.some(({ step, status }) => step === 'poll secondary' && status === 'running')) break;
    const asked = performance.now();
    await run.cancel();
    await assertCancelled({ gateway, run, before }, await run.result());
    assert.ok(performance.now() - asked < PROMPT_MS, 'it waited for VRRP');
  });

  it('stops a poll that a router does not answer', async () => {
    const { gateway, start } = await begin();
    const before = tracesOf(world.routers);
    const { met, when } = meeting();
    world.pairOf(gateway).secondary.device.faults.add({
      rpc: 'get-interface-information',
      when,
      outcome: { kind: 'never-reply' },
    });
    const run = await start();
    await met;
    const asked = performance.now();
    await run.cancel();
    await assertCancelled({ gateway, run, before }, await run.result());
    assert.ok(performance.now() - asked < PROMPT_MS, 'it waited for the router');
  });

  const waits: readonly [
    string,
    (world: World, gateway: TestGateway) => { met?: Promise<void>; mend: () => void },
  ][] = [
    [
      'that somebody has locked',
      (world, gateway) => {
        const { device } = world.pairOf(gateway).primary;
        const { met, when } = meeting();
        return {
          met,
          mend: device.faults.add({
            rpc: 'lock',
            when,
            times: Infinity,
            outcome: { kind: 'deny-lock' },
          }),
        };
      },
    ],
    [
      'that can not be reached',
      (world, gateway) => {
        const { server } = world.pairOf(gateway).secondary;
        server.setReachable(false);
        return { mend: () => server.setReachable(true) };
      },
    ],
    [
      'that does not answer',
      (world, gateway) => {
        const { device } = world.pairOf(gateway).secondary;
        const { met, when } = meeting();
        return {
          met,
          mend: device.faults.add({
            rpc: 'get-commit-information',
            when,
            times: Infinity,
            outcome: { kind: 'never-reply' },
          }),
        };
      },
    ],
  ];
  for (const [name, spoil] of waits) {
    it(`ends the waiting for a router ${name}`, async () => {
      const { gateway, start } = await begin(2);
      const before = tracesOf(world.routers);
      const hold = holds.at(gateway, 'push', 'before');
      const { met, mend } = spoil(world, gateway);
      try {
        const run = await start();
        await hold.reached;
        hold.release();
        await (met ?? holdsAgain(run));
        const asked = performance.now();
        await run.cancel();
        await assertCancelled({ gateway, run, before }, await run.result());
        assert.ok(performance.now() - asked < PROMPT_MS, 'it waited on');
      } finally {
        mend();
      }
    });
  }

  it('is cancelled too when it comes while an attempt fails that would have been followed by another', async () => {
    const { gateway, start } = await begin(2);
    const before = tracesOf(world.routers);
    const lock = { rpc: 'lock', outcome: { kind: 'deny-lock' } } as const;
    world.pairOf(gateway).primary.device.faults.add(lock);
    const hold = holds.at(gateway, 'push', 'after');
    const run = await start();
    await hold.reached;
    await run.cancel();
    const handle = temporal.workflow.getHandle(run.workflowId);
    const happened = async (
      event: 'activityTaskCancelRequestedEventAttributes' | 'activityTaskFailedEventAttributes',
    ) => (await handle.fetchHistory()).events?.some((e) => e[event]) === true;
    while (!(await happened('activityTaskCancelRequestedEventAttributes')));
    hold.release();
    await assertCancelled({ gateway, run, before }, await run.result());
    assert.ok(await happened('activityTaskFailedEventAttributes'), 'the attempt was to end as failed');
  });

  /** Until the server has counted a failed attempt of the push. */
  const holdsAgain = async (run: GatewayRun): Promise<void> => {
    const handle = temporal.workflow.getHandle(run.workflowId);
    for (;;) {
      const { raw } = await handle.describe();
      if (raw.pendingActivities?.some(({ attempt }) => (attempt ?? 0) > 1)) return;
    }
  };

  it('changes nothing while the undo of a failure runs: the failure is what is told', async () => {
    const { gateway, start } = await begin();
    const before = tracesOf(world.routers);
    world.pairOf(gateway).secondary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'activate',
      outcome: { kind: 'refuse', message: 'no space left on device' },
    });
    const hold = holds.at(gateway, 'remove', 'before');
    const run = await start();
    await hold.reached;
    await run.cancel();
    hold.release();
    const outcome = await run.result();
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.RouterRefused, JSON.stringify(outcome));
    assert.match(outcome.message, /no space left on device/);
    assert.equal(await statusOf(run), 'FAILED');
    assert.deepEqual(await world.history(KEYS.state(gateway)), [failedState(1, outcome.message)]);
    assertSameRunning(world.routers, before);
  });

  it('asked twice, unwinds once', async () => {
    const { gateway, start } = await begin();
    const before = tracesOf(world.routers);
    const holdRecord = holds.at(gateway, 'recordStack', 'after');
    const holdRemove = holds.at(gateway, 'remove', 'after');
    const run = await start();
    await holdRecord.reached;
    await run.cancel();
    holdRecord.release();
    await holdRemove.reached;
    await run.cancel();
    holdRemove.release();
    await assertCancelled({ gateway, run, before }, await run.result());
  });
});
