/** Draws what goes wrong, and when: at a moment by the clock, or at a named point. */
import type { FaultOutcome } from '../../../simulator/server/index.ts';
import type { Random } from '../random.ts';
import { PAIRS } from '../workload.ts';
import type { RouterName } from '../workload.ts';
import { MEMBERS, WORKERS } from './faults.ts';
import type { Effect, Fault, LinkName, Moment, ProgramName, RouterPoint } from './faults.ts';

/** Points at which a router can be interrupted. */
const POINTS: readonly (readonly [rpc: string, step: RouterPoint['step'], most: number])[] = [
  ['lock', 'rpc', 3],
  ['load-configuration', 'load', 2],
  ['load-configuration', 'rpc', 2],
  ['get-configuration', 'rpc', 6],
  ['get-commit-information', 'rpc', 6],
  ['commit-configuration', 'rpc', 4],
  ['commit-configuration', 'rpc', 4],
  ['commit-configuration', 'check', 5],
  ['commit-configuration', 'activate', 3],
  ['commit-configuration', 'activate', 3],
  ['unlock', 'rpc', 3],
  ['get-vrrp-interface-information', 'rpc', 4],
  ['rollback', 'rollback', 1],
];
/** Texts by which requests to etcd are recognized: keys, and words in values. */
const ETCD_MARKERS = [
  '/state/v2.0',
  '/jobs/all/',
  '/esi-worker/job_state',
  '/esi-worker/heat_stacks',
  '/gateway-saga/plans',
  '/gateway-saga/claims',
  '/gateway-saga/routers/',
  '/gateway-saga/owed-changes',
  '"token":1',
  '"token":2',
  'CREATE_COMPLETED',
  'CREATE_FAILED',
];
/** Texts by which messages to Temporal are recognized, in commands and results. */
const TEMPORAL_MARKERS = [
  'reserve',
  'apply',
  'settle',
  'requestConfirm',
  'publish',
  'endReservation',
  '"kind":"applied"',
  'kept',
];
const SOME_OF_ETCD = ['etcd leader', 'etcd leader', 'etcd majority', ...MEMBERS] as const;
const PROGRAMS: readonly ProgramName[] = [...WORKERS, 'workers', 'etcd', 'temporal', 'routers'];

/** `busy`: the routers with work on them, each as often as it has work. */
export function drawFault(random: Random, busy: readonly RouterName[], spanMs: number): Fault {
  const effect = drawEffect(random, busy);
  // A fault that waits for a moment of its own is armed early.
  const isArmed = 'point' in effect || 'marker' in effect;
  const when: Moment = isArmed
    ? { kind: 'time', at: random.whole(0, spanMs / 3) }
    : drawMoment(random, busy, spanMs);
  return { when, effect };
}

function drawMoment(random: Random, busy: readonly RouterName[], spanMs: number): Moment {
  if (random.chance(0.4)) return { kind: 'time', at: random.whole(0, spanMs) };
  if (random.chance(0.6)) return { kind: 'point', point: drawPoint(random, busy) };
  return { kind: 'request', ...drawMessage(random), from: random.whole(0, spanMs / 2) };
}

/** A message of a worker to one of the servers. */
function drawMessage(random: Random): { readonly link: LinkName; readonly marker: string } {
  const to = random.pick(['etcd', 'temporal'] as const);
  return {
    link: `${random.pick(WORKERS)} ${to}`,
    marker: random.pick(to === 'etcd' ? ETCD_MARKERS : TEMPORAL_MARKERS),
  };
}

function drawPoint(random: Random, busy: readonly RouterName[]): RouterPoint {
  const [rpc, step, most] = random.pick(POINTS);
  return {
    router: random.pick(busy),
    rpc,
    step,
    moment: random.pick(['before', 'after']),
    nth: random.chance(0.5) ? 1 : random.whole(1, most),
  };
}

function drawLink(random: Random, busy: readonly RouterName[]): LinkName {
  return `${random.pick(WORKERS)} ${random.pick(['etcd', random.pick(MEMBERS), 'temporal', ...busy] as const)}`;
}

function drawEffect(random: Random, busy: readonly RouterName[]): Effect {
  const router = () => random.pick(busy);
  const message = () => drawMessage(random);
  const kinds: readonly (() => Effect)[] = [
    () => ({ kind: 'kill', program: random.pick(PROGRAMS), ms: random.whole(0, 1_500) }),
    () => ({ kind: 'kill', program: random.pick([...WORKERS, 'workers']), ms: random.whole(0, 1_500) }),
    // A worker that is frozen for longer is taken for dead meanwhile, and wakes up later.
    () => ({ kind: 'freeze', program: random.pick([...WORKERS, 'workers']), ms: random.whole(500, 9_000) }),
    // No longer than the workers' grace for a late fall-back: nothing is promised about a router that falls back later than that.
    () => ({
      kind: 'freeze',
      program: random.pick(['etcd', 'temporal', 'routers']),
      ms: random.whole(200, 2_000),
    }),
    () => ({ kind: 'kill', program: random.pick(SOME_OF_ETCD), ms: random.whole(0, 3_000) }),
    // The others elect a leader within two seconds.
    () => ({ kind: 'freeze', program: random.pick(SOME_OF_ETCD), ms: random.whole(300, 5_000) }),
    () => ({ kind: 'move leader' }),
    () => ({
      kind: 'isolate',
      member: random.pick(['etcd leader', 'etcd leader', ...MEMBERS]),
      ms: random.whole(300, 6_000),
    }),
    () => ({ kind: 'cut', link: drawLink(random, busy) }),
    () => ({ kind: 'away', link: drawLink(random, busy), ms: random.whole(200, 4_000) }),
    () => ({ kind: 'stall', link: drawLink(random, busy), ms: random.whole(200, 4_000) }),
    () => ({
      kind: 'slow',
      link: random.chance(0.3) ? 'all' : drawLink(random, busy),
      delayMs: random.whole(20, 250),
      ms: random.whole(500, 3_000),
    }),
    () => ({ kind: 'half', link: drawLink(random, busy) }),
    () => ({ kind: 'lose', what: random.pick(['reply', 'request']), ...message() }),
    () => ({ kind: 'late', ...message(), ms: random.whole(1_500, 5_000) }),
    () => ({ kind: 'compact' }),
    () => ({ kind: 'no space', ms: random.whole(300, 2_500) }),
    () => ({ kind: 'restart', router: router() }),
    () => ({ kind: 'half open', router: router(), ms: random.whole(1_000, 6_000) }),
    () => ({ kind: 'deny lock', router: router(), ms: random.whole(300, 6_000) }),
    () => drawMisbehaviour(random, busy),
    () => drawMisbehaviour(random, busy),
    () => ({ kind: 'terminate pair', pair: random.pick(PAIRS) }),
    () => ({ kind: 'disk full', ms: random.whole(300, 2_000) }),
  ];
  return random.pick(kinds)();
}

function drawMisbehaviour(random: Random, busy: readonly RouterName[]): Effect {
  const point = drawPoint(random, busy);
  // A fall-back has no answer. It may be late, by no more than the workers' grace.
  const outcome =
    point.step === 'rollback'
      ? random.pick<FaultOutcome>([{ kind: 'refuse' }, { kind: 'delay', ms: random.whole(200, 1_000) }])
      : drawOutcome(random);
  return { kind: 'router does', point, outcome };
}

function drawOutcome(random: Random): FaultOutcome {
  return random.pick<FaultOutcome>([
    { kind: 'refuse' },
    { kind: 'refuse', message: 'could not write the configuration: No space left on device' },
    { kind: 'drop' },
    { kind: 'never-reply' },
    { kind: 'truncate' },
    { kind: 'half-close' },
    { kind: 'drop-and-go-on' },
    { kind: 'delay', ms: random.whole(200, 4_000) },
    { kind: 'fail-check', message: 'the daemon that checks this is busy' },
  ]);
}
