/** All that a seed decides: which gateways are requested and when, how the routers behave, what goes wrong, and by which policy. */
import { checkPolicy } from '../../gateway/check-policy.ts';
import type { Policy, SynchronizePolicy } from '../../gateway/policies.ts';
import type { DeviceOptionsInput } from '../../simulator/device/options.ts';
import { withChanges } from '../chaos/draw-changes.ts';
import { drawDialect } from '../chaos/draw-dialect.ts';
import { drawEngines } from '../chaos/draw-engines.ts';
import { largeMembersOf, withLargeMembers } from '../chaos/large-members.ts';
import { randomOf } from '../chaos/random.ts';
import type { Random } from '../chaos/random.ts';
import type { LargeMembersOptions } from '../chaos/large-members.ts';
import { calmed, drawStaleMark, drawWorkload, ROUTERS, withActions } from '../chaos/workload.ts';
import type { RouterName, Workload } from '../chaos/workload.ts';
import { ASKING_SEEDS, withAskings } from './draw-asking.ts';
import { withFamily } from '../chaos/draw-family.ts';
import type { Asking } from './draw-asking.ts';
import { drawFaults } from './draw-fault.ts';
import { drawEncores, drawMeeting, drawSetting } from './draw-setting.ts';
import type { Fault, StrikePlan } from './faults.ts';
import type { MeetingPlan } from './meeting.ts';
import { drawStrikes } from './strikes.ts';

export interface Schedule {
  readonly seed: number;
  readonly workload: Workload;
  readonly askings: readonly Asking[];
  readonly routers: Readonly<Record<RouterName, DeviceOptionsInput>>;
  /** Statements of each VRRP group on every router. */
  readonly vrrpTimers: string;
  readonly policy: Policy;
  readonly faults: readonly Fault[];
  /** Systematic strikes at points of some activities. `null`: there are only the faults. */
  readonly strikes: StrikePlan | null;
  /** How long nothing goes wrong at first, in ms. The times of faults count from the end of that. */
  readonly quietMs: number;
  readonly meeting: MeetingPlan | null;
  /** Events after which a workflow is advised to continue as new. */
  readonly suggestAfter: number;
  /** By how many ms the clock of Temporal's server is ahead of all other clocks. Negative: it is behind. */
  readonly serverAheadMs: number;
}

/** People's actions begin within this many ms: all at once, or one after the other. Virtual time costs nothing: a minute is 60 s. */
const SPANS_MS = [2_000, 40_000, 300_000] as const;

/** With 60 kB each, even their owed changes on one router are too large for one request to etcd. */
const LARGE_MEMBERS = { share: 0.005, members: [24, 30] } as const;
/** How long a router is away, in ms: longer than all patience. */
const AWAY_MS = 24 * 60_000;

const MINUTE_MS = 60_000;
/** After this time, in ms, most gateways that are requested within half a minute stand. */
const QUIET_MS = 5 * MINUTE_MS;
/** Nothing goes wrong any more after 25 minutes. */
const LATEST_MS = 23 * MINUTE_MS;
const FAMILY_LATEST_MS = 20 * MINUTE_MS;

/** A router's clock may be this far from the workers'. */
const CLOCKS_APART_MS = 600_000;
/** Clocks that nobody has set differ by minutes. */
const SKEWS_MS = [0, 0, -600_000, 600_000] as const;

/**
 * The default timers, and slower ones: with these a router is MASTER only after 20.6 s if the other router was first, and the shorter of the limits is
 * too short.
 */
const VRRP_TIMERS = ['', '', 'fast-interval 3000; preempt { hold-time 10; }'] as const;

/** In every other schedule faults come at random moments; in the rest, points are struck and parties meet. */
export function drawSchedule(seed: number): Schedule {
  const schedule = drawRandomSchedule(seed, LARGE_MEMBERS);
  const drawn = changing(withDebts(seed % 2 === 0 ? withStrikes(schedule) : schedule));
  const hasFamily = seed < ASKING_SEEDS || seed % 3 === 0;
  const times = { minuteMs: MINUTE_MS, latestMs: FAMILY_LATEST_MS };
  const changed = hasFamily ? withFamily(drawn, times) : drawn;
  return isCalm(seed) ? changed : withAskings(changed);
}

/** In some schedules, adds changes and deletions of gateways. */
export function changing(schedule: Schedule): Schedule {
  const { seed } = schedule;
  const options = { quietMs: QUIET_MS, minuteMs: MINUTE_MS, latestMs: LATEST_MS, isCalm: isCalm(seed) };
  const { workload, quietMs } = withChanges(randomOf(seed).fork('changes'), schedule.workload, options);
  if (workload.changes === undefined) return schedule;
  const strikes = schedule.strikes && {
    ...schedule.strikes,
    activities: [...schedule.strikes.activities, 'publishNothing', 'publishUnchanged'],
  };
  return { ...schedule, quietMs, strikes, workload };
}

/**
 * In some schedules with large members, makes a router go away once these are on trial, so that it owes all of them. The moment is found by counting
 * polls: no other batch has so many.
 */
function withDebts(schedule: Schedule): Schedule {
  const { seed, workload, faults } = schedule;
  const random = randomOf(seed).fork('large debts');
  const [large] = largeMembersOf(workload);
  if (large === undefined || isCalm(seed) || !random.chance(0.5)) return schedule;
  const when = { kind: 'point', point: 'start poll', nth: random.whole(12, 24) } as const;
  const effect = { kind: 'away', router: random.pick(large.pair), ms: AWAY_MS } as const;
  return { ...schedule, faults: [...faults, { when, effect }] };
}

/** Whether the schedule is calm. In every tenth schedule nothing goes wrong, and every requested gateway has to be created. */
function isCalm(seed: number): boolean {
  return seed % 10 === 1;
}

function withStrikes(schedule: Schedule): Schedule {
  const { seed, workload } = schedule;
  const random = randomOf(seed).fork('strikes');
  const setting = drawSetting(random, workload);
  const actions = [...workload.actions, ...drawEncores(random, workload)];
  return {
    ...schedule,
    workload: { ...workload, actions: actions.sort((one, other) => one.at - other.at) },
    faults: setting,
    strikes: drawStrikes(seed),
    meeting: random.chance(0.4) ? drawMeeting(random) : null,
  };
}

/** A schedule with faults at random moments. `large`: in some schedules there is a batch of large members, too. */
export function drawRandomSchedule(seed: number, large?: Omit<LargeMembersOptions, 'spanMs'>): Schedule {
  const random = randomOf(seed);
  const people = random.fork('workload');
  const spanMs = people.pick(SPANS_MS);
  const drawn = drawWorkload(people, { gateways: [1, 3], people: [0, 4], spanMs });
  const workload =
    large === undefined ? drawn : withLargeMembers(drawn, random.fork('large members'), { ...large, spanMs });
  const behaviour = random.fork('routers');
  const checks = random.fork('checks');
  const clocks = random.fork('clocks');
  const stale = drawStaleMark(random.fork('stale mark'), SPANS_MS[1]);
  const dialects = random.fork('dialects');
  const late = random.fork('late fall-back');
  const engines = random.fork('engines');
  const synchronize = engines.pick(['auto', 'auto', 'auto', 'always', 'never'] as const);
  const routers = Object.fromEntries(
    ROUTERS.map((router) => [
      router,
      {
        ...drawBehaviour(behaviour),
        foreignCheck: checks.pick(['confirms', 'leaves']),
        clockAhead: clocks.pick([0, 0, -CLOCKS_APART_MS, CLOCKS_APART_MS]),
        fallbackLate: late.pick([0, 0, 1_000, 45_000]),
        ...(stale.some((action) => action.router === router) && { pendingMark: 'forever' }),
        dialect: drawDialect(dialects),
        ...drawEngines(engines, synchronize),
      },
    ]),
  ) as Schedule['routers'];
  const wrong = random.fork('faults');
  const faults = Array.from({ length: wrong.whole(0, 7) }, () => drawFaults(wrong, workload)).flat();
  const numbers = random.fork('policy');
  return {
    seed,
    askings: [],
    workload: isCalm(seed) ? calmed(workload) : withActions(workload, stale),
    routers,
    faults: isCalm(seed) ? [] : faults,
    strikes: null,
    quietMs: 0,
    meeting: null,
    vrrpTimers: random.fork('vrrp timers').pick(VRRP_TIMERS),
    policy: drawPolicy(numbers, synchronize),
    suggestAfter: numbers.chance(0.3) ? numbers.whole(20, 200) : 4_096,
    serverAheadMs: random.fork('clocks').pick(SKEWS_MS),
  };
}

function drawPolicy(random: Random, synchronize: SynchronizePolicy): Policy {
  return checkPolicy({
    vrrpIntervalMs: random.pick([3_000, 6_000]),
    // With a look every 6 s, and 6 s until an interface is up, a gateway with the default timers may need 33 s.
    vrrpLimitMs: random.pick([40_000, 60_000]),
    vrrpMaxMs: 60_000,
    patienceMs: random.pick([30_000, 120_000, 300_000]),
    confirmMinutes: random.pick([5, 7]),
    settlePatienceMs: random.pick([12, 15]) * 60_000,
    confirmedCommits: random.chance(0.15)
      ? { '*': random.pick(['preferred', 'never']) }
      : { '*': 'required' },
    redactJobs: random.chance(0.2),
    synchronize: { '*': synchronize },
  });
}

/** Draws how a router behaves where the behaviour of Junos is not known for sure, and how fast it is. */
function drawBehaviour(random: Random): DeviceOptionsInput {
  const slow = random.chance(0.2);
  const upTo = (ms: number) => random.whole(0, slow ? ms : ms / 20);
  return {
    stacking: random.pick(['confirm-previous', 'last-only']),
    reboot: random.pick(['forget', 'revert', 'resume']),
    deadlineMeetsLock: random.pick(['fires', 'waits', 'fails']),
    deadlineMeetsDirty: random.pick(['replace', 'keep', 'fails']),
    unlockMeetsDirty: random.pick(['keep', 'discard']),
    pendingMark: random.pick(['live', 'live', 'forever', 'none']),
    base11: random.chance(0.5),
    delays: {
      check: upTo(20_000),
      commit: upTo(40_000),
      confirm: upTo(20_000),
      rollback: upTo(40_000),
      vrrpSettle: random.whole(0, 6_000),
    },
  };
}
