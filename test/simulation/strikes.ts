/**
 * What goes wrong at points of some activities. A seed picks two activities, and either what they write or what they ask of routers. Whether such a
 * point is struck, and how, depends only on the seed and on the point. So a point that few runs pass is struck as often, when it is passed, as a point
 * that every run passes. Writes that few runs make are struck in whatever activity they come.
 */
import { randomOf } from '../chaos/random.ts';
import type { Random } from '../chaos/random.ts';
import { drawReset } from '../chaos/workload.ts';
import type { Effect, StrikePlan } from './faults.ts';
import type { Stage } from './stage.ts';
import type { Blow, Moment, Step, Striker, System } from './steps.ts';

export const STRIKES = ['failure', 'freeze', 'lost answer', 'killed', 'late', 'race'] as const;
/**
 * `failure`: the next call of the attempt fails. `freeze`: the worker stands still right there, for longer than the heartbeat time-out, and
 * goes on. `late`: the write reaches etcd after its caller has given up. `race`: somebody does something in the same millisecond.
 */
export type StrikeKind = (typeof STRIKES)[number];

export interface Strike {
  readonly point: string;
  readonly kind: StrikeKind;
}

/** The activities, each with its share. Activities that end, record, clean up or give up come more often: they have more points, and most of these are rare. */
const ACTIVITIES: readonly (readonly [name: string, share: number])[] = [
  ['settle', 8],
  ['apply', 5],
  ['publishFailed', 3],
  ['publishOnBehalf', 3],
  ['publishUnpublished', 2],
  ['publishCompleted', 3],
  ['markReverted', 2],
  ['requestRevert', 2],
  ['endReservation', 2],
  ['answer', 2],
  ['register', 2],
  ['requestApply', 2],
  ['requestConfirm', 2],
  ['reserve', 2],
  ['awaitRouters', 1],
  ['recordStack', 1],
  ['poll', 1],
];

export function drawStrikes(seed: number): StrikePlan {
  const all = ACTIVITIES.flatMap(([name, share]) => Array.from({ length: share }, () => name));
  const random = randomOf(`${seed}/struck`);
  const activities = [random.pick(all), random.pick(all)];
  return { seed, activities, systems: random.chance(0.65) ? ['etcd', 'temporal'] : ['router'] };
}

/** How likely it is that a point is struck. It is less likely for routers, because they are called more often than etcd is written to. */
const CHANCE: Readonly<Record<System, number>> = { etcd: 0.2, temporal: 0.5, router: 0.12 };
/** Writes that end, record or clean up. All other writes come at the beginning of every attempt. */
const ENDING = /^etcd (mark|add|pay|cancel|free|publish|end|void|record)/;
const ENDING_CHANCE = 0.65;
/** Writes that few runs make. They are struck in whatever activity they come. */
const RARE = /^etcd (mark rever|mark disputed|add owed|pay owed|cancel owed|free claims)/;
/** How many strikes a run has at most. With more, nothing would be left of the run. */
const MOST = 4;

export function kindsAt(moment: Moment, system: System): readonly StrikeKind[] {
  if (moment === 'before') return ['freeze', 'late', 'race'];
  const kinds = ['failure', 'freeze', 'lost answer', 'killed'] as const;
  return system === 'etcd' ? kinds : [...kinds, 'race'];
}

export interface Struck {
  readonly striker: Striker;
  readonly strikes: readonly Strike[];
}

/** `carryOut`: does what a strike does to the world. */
export function strikerOf(
  plan: StrikePlan,
  world: Pick<Stage, 'gateways' | 'happens'>,
  carryOut: (effect: Effect, step: Step) => void,
): Struck {
  const strikes: Strike[] = [];
  const times = new Map<string, number>();
  const striker: Striker = (point, moment, step) => {
    const isPlanned = plan.activities.includes(step.activity) && plan.systems.includes(step.system);
    if (!(isPlanned || RARE.test(step.call)) || strikes.length >= MOST) return undefined;
    if (plan.only !== undefined && !plan.only.includes(point)) return undefined;
    const random = randomOf(`${plan.seed}/${point}`);
    if (!random.chance(ENDING.test(step.call) ? ENDING_CHANCE : CHANCE[step.system])) return undefined;
    const passed = (times.get(point) ?? 0) + 1;
    times.set(point, passed);
    if (passed !== random.pick([1, 1, 1, 1, 1, 1, 2])) return undefined;
    const kind = random.pick(kindsAt(moment, step.system));
    strikes.push({ point, kind });
    world.happens(`${point}: ${kind}`);
    return strike(kind, random, step, world, carryOut);
  };
  return { striker, strikes };
}

function strike(
  kind: StrikeKind,
  random: Random,
  step: Step,
  world: Pick<Stage, 'gateways'>,
  carryOut: (effect: Effect, step: Step) => void,
): Blow | 'failure' | undefined {
  switch (kind) {
    case 'failure':
      return 'failure';
    case 'lost answer':
      return { kind: 'lost answer' };
    case 'late':
      return { kind: 'late', ms: random.whole(5_100, random.pick([8_000, 60_000])) };
    case 'freeze': {
      const ms = random.whole(15_000, random.pick([30_000, 90_000, 400_000]));
      carryOut({ kind: 'freeze', worker: 'whoever', ms }, step);
      return undefined;
    }
    case 'killed': {
      const [ms, noticed] = [random.whole(100, 20_000), random.chance(0.7)];
      carryOut({ kind: 'kill', worker: 'whoever', ms, noticed }, step);
      return undefined;
    }
    case 'race': {
      const effect = drawRace(random, step, world);
      if (effect !== undefined) carryOut(effect, step);
      return undefined;
    }
  }
}

/** What somebody does to one of the gateways that the step is about. */
function drawRace(random: Random, { workflowId }: Step, world: Pick<Stage, 'gateways'>): Effect | undefined {
  const concerned = concernedBy(workflowId, world);
  return concerned.length === 0 ? undefined : drawInterference(random, random.pick(concerned));
}

/** The gateways that a saga or a pair is about. */
export function concernedBy(workflowId: string, { gateways }: Pick<Stage, 'gateways'>): readonly number[] {
  return [...gateways.keys()].filter((index) => {
    const gateway = gateways[index];
    return gateway?.workflowId === workflowId || gateway?.pairId === workflowId;
  });
}

/** Somebody changes his mind about a gateway: what he does to it. */
export function drawInterference(random: Random, gateway: number): Effect {
  return random.pick<() => Effect>([
    () => ({ kind: 'saga', does: 'cancel', gateway }),
    () => ({ kind: 'saga', does: 'terminate', gateway }),
    () => ({ kind: 'saga', does: 'terminate and start', gateway }),
    () => ({ kind: 'reset', gateway, ...drawReset(random) }),
    () => ({ kind: 'people', does: 'new version', gateway }),
    () => ({ kind: 'people', does: 'new version', gateway }),
    () => ({ kind: 'people', does: 'remove record', gateway }),
  ])();
}
