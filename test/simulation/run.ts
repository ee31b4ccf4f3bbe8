/** One run of one schedule: from the beginning until all has come to rest, and what it leaves behind. */
import './workflow-globals.ts';
import type { Kinds } from '../../activities/dependencies.ts';
import { REQUEST_SIGNAL, ROUTER_PAIR } from '../../pair/messages.ts';
import type { Evidence } from '../chaos/evidence.ts';
import type { PairRun } from '../chaos/informed-pairs.ts';
import { randomOf } from '../chaos/random.ts';
import { Injection } from './inject-faults.ts';
import { owes, pairsOf } from './owing-routers.ts';
import { People } from './people.ts';
import type { Schedule } from './schedule.ts';
import { witnessOf } from './site.ts';
import { takeTime } from './time.ts';
import type { Strike } from './strikes.ts';
import { awaited, startAgain, unfinished } from './unpublished.ts';
import { valueOf } from './temporal/execution.ts';
import { World } from './world.ts';

/** How long things may go wrong, from the beginning. */
const FAULTS_MS = 25 * 60_000;
/**
 * All has come to rest within this many ms after the last fault: twice the patience for settling, the longest deadline with a late fall-back, the
 * wait for verdicts, and the time for which a pair lingers.
 */
export const REST_MS = 90 * 60_000;
/** Sessions end with their workers: a session that is open after this time was leaked. */
const FAREWELL_MS = 5 * 60_000;

/** Once nothing goes wrong any more, an operator looks at this interval, in ms, whether anybody waits for a gateway that nobody works on. */
const AWAITED_MS = 5 * 60_000;

/** How many gateways are created at most, one after the other, on a router that owes something. Points are struck while the first one is created. */
const PAYERS = 3;

export interface Run {
  readonly evidence: Evidence;
  readonly isAtRest: boolean;
  /** SHA-256 of everything that happened. */
  readonly digest: string;
  readonly steps: number;
  /** How long the run lasted, in virtual ms. */
  readonly lasted: number;
  /** Everything that happened, line by line; empty unless `isTold`. */
  readonly lines: readonly string[];
  /** Points that were passed, those that were struck, and the meeting, if it came about. */
  readonly passed: ReadonlySet<string>;
  readonly strikes: readonly Strike[];
  readonly met: string | null;
  /** Calls that were not awaited, `settle: etcd mark settled 1`, and failures that nobody has caught. */
  readonly unawaited: readonly string[];
  /** Routers that owe something, although no pair was terminated and nobody has anything to do any more. */
  readonly unpaid: readonly string[];
}

export async function run(schedule: Schedule, kinds: Kinds, isTold = false): Promise<Run> {
  const time = takeTime(randomOf(`${schedule.seed}/chance`));
  const began = time.now();
  const unawaited: string[] = [];
  const failed = (error: unknown) => void unawaited.push(`a failure: ${String(error)}`);
  process.on('unhandledRejection', failed);
  try {
    const world = new World(schedule, time, kinds, isTold);
    const people = new People(world);
    const injection = new Injection(world, people);
    await time.run(() => false, schedule.quietMs + FAULTS_MS);
    injection.end();
    world.tell('no more faults');
    const startAwaited = (): void => {
      for (const gateway of awaited(world, (workflowId) => isRunning(world, workflowId)))
        startAgain(world, gateway);
      time.clock.after(AWAITED_MS, startAwaited);
    };
    if (schedule.workload.children !== undefined) startAwaited();
    const isOver = () => !people.isBusy && isQuiet(world);
    let isAtRest = await time.run(isOver, REST_MS);
    // A terminated creation is started again where no pair knows how it ended.
    const left = unfinished(world, (workflowId) => wasTerminated(world, workflowId), pairRuns(world));
    for (const gateway of left) startAgain(world, gateway);
    if (isAtRest && left.length > 0) isAtRest = await time.run(isOver, REST_MS);
    // A pair that was not terminated ends only once its routers owe nothing.
    const unpaid = isAtRest && !hasLostPair(world) ? owes(world) : [];
    // What is still owed then, because a pair was terminated, is paid by the next reservation. For that a gateway has to be created there.
    for (let rounds = 0; isAtRest && rounds < PAYERS && owes(world).length > 0; rounds += 1) {
      if (rounds === 0) injection.pay();
      for (const pair of pairsOf(owes(world))) world.pay(pair);
      isAtRest = await time.run(isOver, REST_MS);
      injection.end();
    }
    const lasted = time.now() - began;
    world.stop();
    await time.run(() => false, FAREWELL_MS);
    world.etcd.expireAll();
    return {
      evidence: evidenceOf(world),
      isAtRest,
      digest: world.trace.digest(),
      steps: time.steps,
      lasted,
      lines: world.trace.lines,
      passed: world.steps.passed,
      unawaited: [
        ...world.steps.underWay.unawaited.map(({ activity, call }) => `${activity}: ${call}`),
        ...unawaited,
      ],
      unpaid,
      strikes: injection.strikes,
      met: injection.meeting?.hasHappened === true ? injection.meeting.plan.places.join(' | ') : null,
    };
  } finally {
    process.off('unhandledRejection', failed);
    time.restore();
  }
}

function isQuiet({ temporal }: World): boolean {
  return temporal.executions.every(({ status }) => status !== 'running');
}

/** Whether a pair was terminated. If so, nobody looks at what its routers owe until the next request comes. */
function hasLostPair({ temporal }: World): boolean {
  return temporal.executions.some(
    ({ start, status }) => start.type === ROUTER_PAIR && status === 'terminated',
  );
}

function isRunning({ temporal }: World, id: string): boolean {
  return temporal.executions.some(({ start, status }) => start.workflowId === id && status === 'running');
}

function wasTerminated({ temporal }: World, id: string): boolean {
  return temporal.executions.some(({ start, status }) => start.workflowId === id && status === 'terminated');
}

function pairRuns({ temporal }: World): readonly PairRun[] {
  return temporal.executions
    .filter(({ start }) => start.type === ROUTER_PAIR)
    .map(({ start, status, history }) => ({
      chain: start.firstRunId,
      isTerminated: status === 'terminated',
      requests: history.filter((line) => line.includes(`"signalName":"${REQUEST_SIGNAL}"`)),
    }));
}

/** How often each gateway's workflow was started in order to try a failed version again. A reset is such a start, too. */
function attemptsOf(executions: World['temporal']['executions']): Readonly<Record<string, number>> {
  const attempts: Record<string, number> = {};
  for (const { start } of executions) {
    const { again } = (valueOf(start.args[0]) ?? {}) as { readonly again?: boolean };
    if (again === true) attempts[start.workflowId] = (attempts[start.workflowId] ?? 0) + 1;
  }
  return attempts;
}

function evidenceOf({ schedule, etcd, sites, temporal, faults }: World): Evidence {
  return {
    workload: schedule.workload,
    writes: etcd.writes,
    routers: Object.values(sites).map(witnessOf),
    attempts: attemptsOf(temporal.executions),
    workflows: temporal.executions.map(({ start, status, failure }) => ({
      workflowId: start.workflowId,
      runId: start.runId,
      type: start.type,
      status,
      failure,
      ...(start.type === ROUTER_PAIR ? { queue: 0 } : {}),
    })),
    faults,
    canaries: Object.values(sites).map(({ record }) => record.password),
    texts: temporal.executions.map(({ start, history }) => ({
      name: `history of ${start.workflowId}`,
      text: history.join('\n'),
    })),
  };
}
