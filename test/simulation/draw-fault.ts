/** Draws what goes wrong, and when: at a time, or at a named point. */
import type { FaultOutcome } from '../../simulator/device/faults.ts';
import type { Random } from '../chaos/random.ts';
import { drawReset, ROUTERS } from '../chaos/workload.ts';
import type { RouterName, Workload } from '../chaos/workload.ts';
import { WORKERS } from './faults.ts';
import type { Effect, Fault, Moment, RouterRule, Whose } from './faults.ts';

const RPCS = [
  'lock',
  'load-configuration',
  'compare',
  'get-configuration',
  'get-commit-information',
  'check',
  'commit',
  'confirmed commit',
  'unlock',
  'discard-changes',
  'get-vrrp-interface-information',
] as const;
const WRITES = [
  'routers',
  'plans',
  'claims',
  'jobs',
  'state',
  'owed-changes',
  'heat_stacks',
  'job_state',
] as const;
const ACTIVITIES = [
  'plan',
  'register',
  'requestApply',
  'requestConfirm',
  'requestRevert',
  'recordStack',
  'poll',
  'requestConfirm',
  'publishCompleted',
  'publishFailed',
  'reserve',
  'apply',
  'apply',
  'settle',
  'settle',
  'endReservation',
  'answer',
  'publishOnBehalf',
] as const;

/** Draws one thing that goes wrong, or two at the same moment. Of two, one may prevent the repair of what the other breaks. */
export function drawFaults(random: Random, workload: Workload): readonly Fault[] {
  const routers = ROUTERS.filter((name) => workload.gateways.some(({ pair }) => pair.includes(name)));
  const when = drawMoment(random, workload, routers);
  const effects = Array.from({ length: random.chance(0.25) ? 2 : 1 }, () =>
    drawEffect(random, when, workload, routers),
  );
  return effects.map((effect) => ({ when, effect }));
}

function drawMoment(random: Random, { actions }: Workload, routers: readonly RouterName[]): Moment {
  // Soon after a person's action: then there is something to break.
  if (random.chance(0.25)) return { kind: 'time', at: random.pick(actions).at + random.whole(0, 90_000) };
  const router = random.pick(routers);
  const [point, most] = random.pick<() => readonly [string, number]>([
    () => [`before ${router} ${random.pick(RPCS)}`, 3],
    () => [`at ${router} ${random.pick(RPCS)}`, 3],
    () => [`at ${router} confirmed commit`, 2],
    () => [`at ${router} ${random.pick(['commit', 'check'] as const)}`, 2],
    () => [`reply ${router}`, 40],
    () => [`${random.pick(['before', 'after'])} write ${random.pick(WRITES)}`, 3],
    () => [`after write routers`, 12],
    () => [`start ${random.pick(ACTIVITIES)}`, 3],
    () => [`end ${random.pick(ACTIVITIES)}`, 3],
    () => [`${random.pick(['before', 'after'])} ${random.pick(['signal request', 'answer'])}`, 4],
  ])();
  return { kind: 'point', point, nth: random.whole(1, most) };
}

/** Draws a time in ms: seconds or minutes. Some are longer than a time-out, some longer than a deadline, some longer than all patience. */
function drawMs(random: Random): number {
  return random.pick([
    () => random.whole(200, 10_000),
    () => random.whole(10_000, 60_000),
    () => random.whole(60_000, 400_000),
    () => random.whole(400_000, 1_200_000),
  ])();
}

function drawEffect(
  random: Random,
  when: Moment,
  { gateways }: Workload,
  routers: readonly RouterName[],
): Effect {
  const named = when.kind === 'point' ? ROUTERS.find((name) => when.point.includes(` ${name}`)) : undefined;
  const router = named !== undefined && random.chance(0.7) ? named : random.pick(routers);
  const worker: Whose = when.kind === 'point' && random.chance(0.8) ? 'whoever' : random.pick(WORKERS);
  const ms = () => drawMs(random);
  const kinds: readonly (() => Effect)[] = [
    () => ({ kind: 'kill', worker, ms: ms(), noticed: random.chance(0.7) }),
    () => ({ kind: 'kill', worker, ms: random.whole(100, 5_000), noticed: true }),
    () => ({ kind: 'kill all', ms: ms(), noticed: random.chance(0.7) }),
    () => ({ kind: 'freeze', worker, ms: ms() }),
    () => ({ kind: 'freeze', worker, ms: random.whole(10_000, 60_000) }),
    () => ({ kind: 'cut', worker, router, noticed: random.chance(0.7) }),
    () => ({ kind: 'cut', worker, router, noticed: random.chance(0.7) }),
    () => ({ kind: 'stall', worker, router, ms: ms() }),
    () => ({ kind: 'half', worker, router }),
    () => ({ kind: 'away', router, ms: ms() }),
    () => ({ kind: 'slow', router, delayMs: random.whole(50, 5_000), ms: ms() }),
    () => ({ kind: 'restart', router, ms: random.whole(1_000, 400_000) }),
    () => ({ kind: 'router does', router, rule: drawRule(random) }),
    () => ({ kind: 'router does', router, rule: drawRule(random) }),
    () => ({ kind: 'router does', router, rule: drawRule(random) }),
    () => ({ kind: 'etcd away', ms: ms() }),
    () => ({ kind: 'etcd full', ms: ms() }),
    () => ({ kind: 'etcd stall', worker, ms: ms() }),
    () => ({ kind: 'etcd compacts' }),
    () => ({ kind: 'answer lost', count: random.whole(1, 4) }),
    () => ({ kind: 'write late', ms: random.whole(3_000, 60_000) }),
    () => ({ kind: 'temporal away', ms: ms() }),
    () => ({ kind: 'temporal answer lost', count: random.whole(1, 3) }),
    () => ({
      kind: 'saga',
      does: random.pick(['cancel', 'terminate', 'terminate and start', 'terminate and start']),
      gateway: random.whole(0, gateways.length - 1),
    }),
    () => ({ kind: 'reset', gateway: random.whole(0, gateways.length - 1), ...drawReset(random) }),
    () => ({ kind: 'pair terminated', pair: random.pick(gateways).pair }),
  ];
  return random.pick(kinds)();
}

const STEPS: readonly (readonly [rpc: string, step: RouterRule['step']])[] = [
  ['lock', 'rpc'],
  ['load-configuration', 'load'],
  ['load-configuration', 'rpc'],
  ['get-configuration', 'rpc'],
  ['get-commit-information', 'rpc'],
  ['commit-configuration', 'rpc'],
  ['commit-configuration', 'check'],
  ['commit-configuration', 'activate'],
  ['commit-configuration', 'activate'],
  ['unlock', 'rpc'],
  ['discard-changes', 'rpc'],
  ['kill-session', 'rpc'],
  ['rollback', 'rollback'],
];

function drawRule(random: Random): RouterRule {
  const [rpc, step] = random.pick(STEPS);
  const outcome =
    rpc === 'lock' && random.chance(0.5)
      ? ({ kind: 'deny-lock' } as const)
      : rpc === 'rollback'
        ? random.pick<FaultOutcome>([{ kind: 'refuse' }, { kind: 'delay', ms: random.whole(1_000, 45_000) }])
        : drawOutcome(random, step);
  return {
    rpc,
    step,
    moment: random.pick(['before', 'after']),
    times: random.chance(0.8) ? 1 : random.whole(2, 20),
    outcome,
  };
}

function drawOutcome(random: Random, step: RouterRule['step']): FaultOutcome {
  return random.pick<FaultOutcome>([
    { kind: 'refuse' },
    { kind: 'drop' },
    { kind: 'never-reply' },
    { kind: 'truncate' },
    { kind: 'half-close' },
    { kind: 'drop-and-go-on' },
    { kind: 'delay', ms: random.whole(200, 40_000) },
    step === 'check'
      ? { kind: 'fail-check', message: 'the daemon that checks this is busy' }
      : { kind: 'drop' },
  ]);
}
