/** One run of one schedule: from the beginning until all has come to rest, and what it leaves behind. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowBundle } from '@temporalio/worker';
import type { Kinds } from '../../../activities/dependencies.ts';
import { ROUTER_DEADLINES } from '../../../gateway/policies.ts';
import type { Evidence } from '../evidence.ts';
import { Injection } from '../../simulation/inject-faults.ts';
import { owes, pairsOf } from '../../simulation/owing-routers.ts';
import { People } from '../../simulation/people.ts';
import type { Schedule } from '../../simulation/schedule.ts';
import { witnessOf } from '../../simulation/site.ts';
import { startAgain, unfinished } from '../../simulation/unpublished.ts';
import { FollowingClock, machineMs } from './clock.ts';
import { spanOf } from './schedule.ts';
import { startServer } from './server.ts';
import type { TimeSkippingServer } from './server.ts';
import type { WorkflowLeft } from './temporal.ts';
import { World } from './world.ts';

/** All has come to rest within this many ms of real time after the last fault, not counting the time that the server skips. */
export const REST_MS = 120_000;
const LOOK_MS = 40;
/** If nothing has happened for this long, in ms, and nothing was open in this many looks, the server skips no time although it could. */
const STANDSTILL_MS = 500;
const SURE_LOOKS = 5;
/** How often the histories are looked at. Nobody waits for a workflow that the server has brought to a stand. */
const HISTORIES_LOOK_MS = 2_000;
/** If nothing has happened for this long, in ms, an activity that has begun, and that no worker runs, is lost. It is longer than any retry waits. */
const FORLORN_MS = 15_000;
/** If nothing has happened for this long, in ms, although time was skipped, a cancelled activity without an end will never have one. */
const SWALLOWED_MS = 3_000;
/** Sessions end with their workers: a session that is open after this time was leaked. */
const FAREWELL_MS = 5 * 60_000;
/** Gateways that are created on a router that owes something, one after the other. */
const PAYERS = 2;

// The routers are sixty times as fast as real ones, so their answers are waited for less long.
Object.assign(ROUTER_DEADLINES, { connectMs: 1_000, requestMs: 1_500, commitMs: 4_000 });

export interface Run {
  readonly evidence: Evidence;
  readonly isAtRest: boolean;
  /** A workflow can't go on, and the server is at fault (`isImpossible`, `isSwallowed`). The run says nothing of gateway-saga. */
  readonly isVoid: boolean;
}

export interface Means {
  readonly kinds: Kinds;
  readonly workflowBundle: WorkflowBundle;
  /** File for what the server prints. */
  readonly log: string;
  /** Called with everything that happens, line by line. */
  readonly tell: (line: string) => void;
}

export async function run(schedule: Schedule, { kinds, workflowBundle, log, ...means }: Means): Promise<Run> {
  const server = await startServer(log);
  const clock = new FollowingClock();
  const began = clock.now();
  const tell = (words: string): void => means.tell(`${clock.now() - began} ${words}\n`);
  const world = new World({ schedule, clock, server, kinds, workflowBundle, tell });
  const watch = setInterval(() => {
    world.attempts.timeOutLost();
    server.now().then(
      (now) => {
        // More than two clocks differ by: a skip is a sign of life too.
        if (clock.follow(now) > LOOK_MS) world.lastAt = machineMs();
      },
      () => undefined,
    );
  }, LOOK_MS);
  try {
    const people = new People(world);
    const injection = new Injection(world, people);
    await sleep(spanOf(schedule) + LOOK_MS);
    injection.end();
    tell('no more faults');
    let end = await untilRest(world, people, server);
    // A terminated creation is started again where no pair knows how it ended.
    const terminated = await world.temporal.terminated();
    const left = unfinished(
      world,
      (workflowId) => terminated.has(workflowId),
      await world.temporal.pairRuns(),
    );
    for (const gateway of left) startAgain(world, gateway);
    if (end === 'at rest' && left.length > 0) end = await untilRest(world, people, server);
    // The next reservation pays what is owed: a gateway has to be created there.
    for (let rounds = 0; end === 'at rest' && rounds < PAYERS && owes(world).length > 0; rounds += 1) {
      for (const pair of pairsOf(owes(world))) world.pay(pair);
      end = await untilRest(world, people, server);
    }
    tell(end);
    await world.stop();
    tell('the workers have ended');
    clock.jump(FAREWELL_MS);
    await sleep(LOOK_MS);
    const workflows = await world.temporal.evidence();
    for (const { workflow, history } of workflows)
      if (workflow.status === 'running') tell(`${workflow.workflowId} still runs: ${history}`);
    const isVoid = end === 'at a stand' || workflows.some(({ isImpossible }) => isImpossible);
    return { evidence: evidenceOf(world, workflows), isAtRest: end === 'at rest', isVoid };
  } finally {
    clearInterval(watch);
    for (const { device } of Object.values(world.sites)) device.stop();
    clock.restore();
    await server.stop();
  }
}

/** How a wait for rest ended. `at a stand`: the server has brought a workflow to a stand. */
type End = 'at rest' | 'not at rest' | 'at a stand';

async function untilRest(world: World, people: People, server: TimeSkippingServer): Promise<End> {
  const { temporal, attempts } = world;
  const givenUp = machineMs() + REST_MS;
  let idle = 0;
  let historiesAt = machineMs();
  let isAtStand = false;
  await temporal.heard();
  await server.skips(true);
  world.lastAt = world.happenedAt = machineMs();
  for (;;) {
    const isQuiet = !people.isBusy && (await temporal.isQuiet());
    if (!isQuiet && machineMs() - historiesAt > HISTORIES_LOOK_MS) {
      isAtStand = await temporal.isAtStand(machineMs() - world.happenedAt > SWALLOWED_MS);
      historiesAt = machineMs();
    }
    if (isQuiet || isAtStand || machineMs() > givenUp) {
      await server.skips(false);
      if (isQuiet) return 'at rest';
      return isAtStand ? 'at a stand' : 'not at rest';
    }
    const stillMs = machineMs() - world.lastAt;
    idle = stillMs > STANDSTILL_MS && (await temporal.isIdle()) ? idle + 1 : 0;
    if (idle === SURE_LOOKS) {
      await server.forgets();
      idle = 0;
    }
    if (stillMs > FORLORN_MS && attempts.areOver)
      for (const id of await temporal.pending()) await attempts.timeOut(id);
    await sleep(LOOK_MS);
  }
}

function evidenceOf({ schedule, etcd, sites, faults }: World, workflows: readonly WorkflowLeft[]): Evidence {
  return {
    workload: schedule.workload,
    writes: etcd.writes,
    routers: Object.values(sites).map(witnessOf),
    workflows: workflows.map(({ workflow }) => workflow),
    faults,
    canaries: Object.values(sites).map(({ record }) => record.password),
    texts: workflows.map(({ workflow, history }) => ({
      name: `history of ${workflow.workflowId}`,
      text: history,
    })),
  };
}
