import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { GatewayRun } from '../../client/index.ts';
import { pairIdOf, QUEUE_QUERY } from '../../pair/messages.ts';
import type { PairQueue } from '../../pair/messages.ts';
import type { FaultRule } from '../../simulator/server/index.ts';
import { tracesOf } from '../world/evidence.ts';
import { openCancelScene } from './cancel-scene.ts';
import type { Candidate, CancelScene } from './cancel-scene.ts';
import { meeting } from './breakpoints.ts';

/** Nothing that a creation waits for here ends by itself while a test waits: only the cancel can end the wait, however busy the machine is. */
const NEVER_MS = 600_000;
const TEST_MS = 60_000;
/** The longest limit that a trial of the default length covers. */
const VRRP_MS = 110_000;

type Event = 'activityTaskCancelRequestedEventAttributes' | 'activityTaskFailedEventAttributes';

/** Each waits for routers or heartbeats most of its time: all run at once, each on a pair of its own. */
describe('cancelling a creation that waits', function () {
  this.timeout(TEST_MS);
  let scene: CancelScene;

  const fault = ({ primary }: Candidate, rule: FaultRule) => {
    const { met, when } = meeting();
    const mend = primary.device.faults.add({ ...rule, when });
    return { met, mend };
  };
  const assertEnds = async (candidate: Candidate, run: GatewayRun) => {
    await run.cancel();
    await scene.assertCancelled(candidate, run);
  };
  const pairOf = ({ primary, secondary }: Candidate) =>
    scene.world.temporal.workflow.getHandle(pairIdOf([primary.id, secondary.id]));
  const start = ({ gateway }: Candidate) => scene.world.client.create(gateway);

  const stories: Readonly<Record<string, (candidate: Candidate, pair: number) => Promise<void>>> = {
    'stops an apply that has loaded but not committed, and leaves no edit and no lock behind': async (
      candidate,
      pair,
    ) => {
      const { met } = fault(candidate, {
        rpc: 'commit-configuration',
        step: 'check',
        outcome: { kind: 'delay', ms: 15_000 },
      });
      const run = await start(candidate);
      await met;
      await assertEnds(candidate, run);
      const { primary, secondary, traces } = candidate;
      assert.notEqual(primary.device.inspect().lock, null, 'it waited until the router had checked');
      const commits = tracesOf([primary, secondary]).map((trace) => trace.commits);
      assert.deepEqual(
        commits,
        traces.map((trace) => trace.commits),
      );
      // The next one waits until the router has ended the lost session, and then finds nothing of it.
      const next = await scene.candidate(pair);
      await scene.assertCreated(next, await start(next));
    },

    'lets commits that have begun come to their end, and then removes what they brought': async (
      candidate,
    ) => {
      const { gateway, primary, secondary } = candidate;
      const meetings = [primary, secondary].map(({ device }) => {
        const { met, when } = meeting();
        const outcome = { kind: 'delay', ms: 4_000 } as const;
        device.faults.add({ rpc: 'commit-configuration', step: 'activate', when, outcome });
        return met;
      });
      const run = await start(candidate);
      await Promise.all(meetings);
      await run.cancel();
      await scene.assertCancelled(candidate, run);
      const named = `${gateway.resourceType}:${gateway.resourceId} version 1`;
      for (const { commits } of tracesOf([primary, secondary])) {
        const [last = '', first = ''] = commits;
        assert.match(last, new RegExp(`^gateway-saga reservation \\S+ reverted: ${named}$`));
        assert.match(first, new RegExp(`^gateway-saga reservation \\S+ until \\S+: ${named}$`));
      }
    },

    'stops polls that wait for VRRP': async (candidate) => {
      const { gateway, primary, secondary } = candidate;
      const unit = `ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`;
      for (const { device } of [primary, secondary]) device.holdVrrpDown(unit, true);
      const run = await start(candidate);
      for await (const { steps } of run.watch({ intervalMs: 50 }))
        if (steps.some(({ step, status }) => step === 'poll secondary' && status === 'running')) break;
      await assertEnds(candidate, run);
    },

    'stops a poll that a router does not answer': async (candidate) => {
      const outcome = { kind: 'never-reply' } as const;
      const { met } = fault(candidate, { rpc: 'get-interface-information', outcome });
      const run = await start(candidate);
      await met;
      await assertEnds(candidate, run);
    },

    'stops waiting for a router that an operator has locked': async (candidate) => {
      const outcome = { kind: 'deny-lock' } as const;
      const { met, mend } = fault(candidate, { rpc: 'lock', times: Infinity, outcome });
      const run = await start(candidate);
      await met;
      await assertEnds(candidate, run);
      mend();
    },

    'does not wait for routers that the gateway was never sent to, even under a maintenance hold or unreachable':
      async (candidate) => {
        const { gateway, primary, secondary } = candidate;
        const { store } = scene.world;
        await store.beginMaintenance(primary.id, {
          reason: 'new line card',
          since: new Date().toISOString(),
        });
        secondary.server.setReachable(false);
        const registered = scene.holds.at(gateway, 'register', 'after');
        const run = await start(candidate);
        await registered.reached;
        await run.cancel();
        registered.release();
        await assertEnds(candidate, run);
        secondary.server.setReachable(true);
        await store.endMaintenance(primary.id);
      },

    'stops waiting for a router under a maintenance hold, also if its pair has only just begun': async (
      candidate,
    ) => {
      const { store } = scene.world;
      const { id } = candidate.primary;
      await store.beginMaintenance(id, { reason: 'new line card', since: new Date().toISOString() });
      const run = await start(candidate);
      for await (const { steps } of run.watch({ intervalMs: 50 }))
        if (steps.some(({ blockedBy }) => blockedBy !== undefined)) break;
      await assertEnds(candidate, run);
      // It lasts on: at its end the pair would reserve its routers once more, for a batch without members.
      assert.notEqual((await store.router(id)).maintenance, null);
    },

    'stops waiting for a router that can not be reached': async (candidate) => {
      const { server } = candidate.secondary;
      server.setReachable(false);
      const applied = scene.holds.at(candidate.gateway, 'apply', 'before');
      const run = await start(candidate);
      await applied.reached;
      applied.release();
      const handle = pairOf(candidate);
      for (let blockedBy: string | null = null; blockedBy === null;)
        ({ blockedBy } = await handle.query<PairQueue>(QUEUE_QUERY));
      await assertEnds(candidate, run);
      server.setReachable(true);
    },

    'stops waiting for a router that does not answer': async (candidate) => {
      const outcome = { kind: 'never-reply' } as const;
      const { met } = fault(candidate, { rpc: 'get-commit-information', outcome });
      const run = await start(candidate);
      await met;
      await assertEnds(candidate, run);
    },

    'is a cancel too when it comes while an attempt fails that would have been followed by another': async (
      candidate,
    ) => {
      fault(candidate, { rpc: 'commit-configuration', step: 'activate', outcome: { kind: 'drop' } });
      const hold = scene.holds.at(candidate.gateway, 'apply', 'after');
      const run = await start(candidate);
      await hold.reached;
      await run.cancel();
      const handle = pairOf(candidate);
      const happened = async (event: Event) =>
        (await handle.fetchHistory()).events?.some((one) => one[event]) === true;
      while (!(await happened('activityTaskCancelRequestedEventAttributes'))) await setTimeout(20);
      hold.release();
      await scene.assertCancelled(candidate, run);
      assert.ok(await happened('activityTaskFailedEventAttributes'), 'the attempt was to end as failed');
    },
  };

  const running = new Map<string, Promise<void>>();
  before(async () => {
    const names = Object.entries(stories);
    scene = await openCancelScene(
      names.length,
      NEVER_MS,
      { vrrpLimitMs: VRRP_MS },
      { requestMs: NEVER_MS, commitMs: NEVER_MS },
    );
    for (const [pair, [name, story]] of names.entries()) {
      const ending = scene.candidate(pair).then(async (candidate) => {
        await story(candidate, pair);
        await scene.assertAtRest(candidate);
      });
      // Awaited by its test.
      ending.catch(() => undefined);
      running.set(name, ending);
    }
  });
  after(() => scene.close());

  for (const name of Object.keys(stories)) it(name, () => running.get(name));
});
