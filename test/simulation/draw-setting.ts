/**
 * Draws settings for strikes: something goes wrong first, so that the steps are made that end things, clean up and give up. Also draws meetings: two
 * parties want something of the same gateway at the same time.
 */
import type { Random } from '../chaos/random.ts';
import { ROUTERS } from '../chaos/workload.ts';
import type { WorkloadAction, RouterName, Workload } from '../chaos/workload.ts';
import type { Effect, Fault, Moment, RouterRule } from './faults.ts';
import type { MeetingPlan } from './meeting.ts';
import { drawInterference } from './strikes.ts';

const MINUTE_MS = 60_000;

const at = (point: string, nth = 1): Moment => ({ kind: 'point', point, nth });

/** Draws up to two of the settings below. */
export function drawSetting(random: Random, workload: Workload): readonly Fault[] {
  const routers = ROUTERS.filter((name) => workload.gateways.some(({ pair }) => pair.includes(name)));
  const gateway = () => random.whole(0, workload.gateways.length - 1);
  const settings: readonly (() => readonly Fault[])[] = [
    () => [{ when: at('start settle', random.pick([1, 1, 2])), effect: away(random, routers, [6, 24]) }],
    () => [{ when: at('start settle', random.pick([1, 1, 2])), effect: away(random, routers, [13, 24]) }],
    () => [{ when: at(random.pick(['start poll', 'end apply'])), effect: away(random, routers, [1, 24]) }],
    () => [{ when: at('start apply'), effect: away(random, routers, [1, 8]) }],
    ...Array.from({ length: 6 }, () => () => drawDebt(random, routers, gateway())),
    () => [{ when: at('start settle'), effect: refuses(random, routers, 'load-configuration', 'load') }],
    () => [
      { when: at('start settle'), effect: refuses(random, routers, 'commit-configuration', 'activate') },
    ],
    () => [{ when: at('start apply'), effect: refuses(random, routers, 'commit-configuration', 'activate') }],
    () => [{ when: at('start apply'), effect: refuses(random, routers, 'commit-configuration', 'check') }],
    () => [{ when: at('start poll'), effect: { kind: 'saga', does: 'cancel', gateway: gateway() } }],
    () => [{ when: at('start poll'), effect: { kind: 'saga', does: 'terminate', gateway: gateway() } }],
    () => [{ when: at(drawPoint(random), random.pick([1, 2])), effect: drawInterference(random, gateway()) }],
    () => [{ when: at(drawPoint(random), random.pick([1, 2])), effect: drawInterference(random, gateway()) }],
  ];
  return Array.from({ length: random.pick([0, 1, 1, 2]) }, () => random.pick(settings)()).flat();
}

/** A gateway is to be reverted, and a router is away or refuses. So that router owes the inverse change. */
function drawDebt(random: Random, routers: readonly RouterName[], gateway: number): readonly Fault[] {
  const does = random.pick(['cancel', 'cancel', 'terminate'] as const);
  const obstacle = random.chance(0.5)
    ? away(random, routers, [13, 24])
    : refuses(random, routers, 'load-configuration', 'load');
  return [
    { when: at('start poll'), effect: { kind: 'saga', does, gateway } },
    { when: at('start settle'), effect: obstacle },
  ];
}

function drawPoint(random: Random): string {
  return random.pick([
    'start apply',
    'end apply',
    'start poll',
    'start settle',
    'end settle',
    'start publishCompleted',
    'start publishFailed',
    'start requestConfirm',
  ]);
}

function away(random: Random, routers: readonly RouterName[], minutes: readonly [number, number]): Effect {
  return { kind: 'away', router: random.pick(routers), ms: random.whole(...minutes) * MINUTE_MS };
}

function refuses(
  random: Random,
  routers: readonly RouterName[],
  rpc: string,
  step: RouterRule['step'],
): Effect {
  const outcome = { kind: 'refuse' } as const;
  const rule = { rpc, step, moment: 'before', times: random.pick([1, 3, 40]), outcome } as const;
  return { kind: 'router does', router: random.pick(routers), rule };
}

/** What is asked for again after all has ended. It may find something left over. */
export function drawEncores(random: Random, { gateways }: Workload): readonly WorkloadAction[] {
  return [...gateways.keys()].flatMap((gateway): readonly WorkloadAction[] =>
    random.chance(0.3)
      ? [
          {
            at: random.whole(3, 24) * MINUTE_MS,
            kind: random.pick(['new version', 'new version', 'start again']),
            gateway,
          },
        ]
      : [],
  );
}

/** Two steps that are to meet, and what brings them together. `openings`: one of these is done to the gateway of the first step, when that step comes. */
interface Encounter extends Pick<MeetingPlan, 'places'> {
  readonly openings: readonly MeetingPlan['opening'][];
}

const PUBLISH = 'publishCompleted: etcd publish';
const AGAIN = ['terminate and start'] as const;
const NEWER = ['new version', 'terminate and start'] as const;

const ENCOUNTERS: readonly Encounter[] = [
  { places: [PUBLISH, 'settle: etcd mark settled'], openings: [NEWER] },
  { places: [PUBLISH, 'register: etcd register'], openings: [AGAIN] },
  { places: [PUBLISH, 'requestApply: etcd permit apply'], openings: [AGAIN] },
  { places: ['publishCompleted: start', 'settle: start'], openings: [AGAIN, NEWER] },
  { places: [PUBLISH, 'publishOnBehalf: start'], openings: [['terminate']] },
  { places: ['publishCompleted: start', 'publishUnpublished: start'], openings: [['terminate']] },
  { places: ['publishFailed: start', 'publishUnpublished: start'], openings: [['terminate']] },
  { places: ['publishFailed: start', 'register: etcd register'], openings: [AGAIN, NEWER] },
  { places: ['publishFailed: etcd mark reverted', 'register: etcd register'], openings: [AGAIN, NEWER] },
  { places: ['publishFailed: etcd publish', 'register: etcd register'], openings: [AGAIN, NEWER] },
  { places: ['publishFailed: etcd free claims', 'register: etcd register'], openings: [NEWER] },
  { places: ['requestConfirm: start', 'requestRevert: start'], openings: [NEWER] },
  { places: ['requestConfirm: temporal', 'answer: temporal'], openings: [AGAIN, ['cancel']] },
  {
    places: ['requestApply: etcd permit apply', 'requestRevert: etcd void earlier calls'],
    openings: [NEWER],
  },
  { places: ['requestApply: start', 'requestRevert: start'], openings: [['cancel'], NEWER] },
  { places: ['recordStack: etcd', 'register: etcd register'], openings: [AGAIN, NEWER] },
  { places: ['requestConfirm: etcd', 'register: etcd register'], openings: [AGAIN, NEWER] },
  { places: ['markReverted: start', 'register: etcd register'], openings: [AGAIN, NEWER] },
  { places: ['endReservation: etcd end reservation', 'reserve: start'], openings: [[]] },
  { places: ['endReservation: start', 'requestApply: temporal'], openings: [NEWER, AGAIN] },
  { places: ['settle: etcd pay owed change', 'publishFailed: start'], openings: [[]] },
];

/** The names of the encounters, by which they are counted. */
export const MEETINGS: readonly string[] = ENCOUNTERS.map(({ places }) => places.join(' | '));

export function drawMeeting(random: Random): MeetingPlan {
  const { places, openings } = random.pick(ENCOUNTERS);
  return { places, opening: random.pick(openings), offsetMs: random.whole(0, 5) };
}
