/**
 * All that a seed decides: which gateways are requested and when, how the routers behave, what goes wrong. The same seed gives the same
 * schedule on every machine. When a process passes a point is up to the machine: a replay is similar, not equal.
 */
import type { DeviceOptionsInput } from '../../../simulator/server/index.ts';
import { withChanges } from '../draw-changes.ts';
import { drawDialect } from '../draw-dialect.ts';
import { drawEngines } from '../draw-engines.ts';
import { withFamily } from '../draw-family.ts';
import { withLargeMembers } from '../large-members.ts';
import { randomOf } from '../random.ts';
import type { Random } from '../random.ts';
import { drawStaleMark, drawWorkload, ROUTERS, withActions } from '../workload.ts';
import type { RouterName, Workload } from '../workload.ts';
import { drawFault } from './draw-fault.ts';
import type { Fault } from './faults.ts';

export interface Schedule {
  readonly seed: number;
  readonly workload: Workload;
  readonly routers: Readonly<Record<RouterName, DeviceOptionsInput>>;
  readonly faults: readonly Fault[];
  /** How long nothing goes wrong at first, in ms. The times of faults count from the end of that. */
  readonly quietMs: number;
}

/** People's actions begin within this many ms. */
const ASKED_MS = 3_000;
/** Faults begin within this many ms after the quiet time. After that all is repaired. */
export const SPAN_MS = 6_000;
/** After this time, in ms, most gateways stand that are requested at the beginning. */
const QUIET_MS = 6_000;
/** A gateway takes some seconds here. These times make its children be asked for within that time. */
const FAMILY_TIMES = { minuteMs: 1_000, latestMs: QUIET_MS + SPAN_MS } as const;
/** With 60 kB each, their plan records are too large for one request to etcd. More members would take real processes too long. */
const LARGE_MEMBERS = { share: 0.02, members: [14, 16] } as const;
/** A router's clock may be this far from the workers'. */
const CLOCKS_APART_MS = 60_000;
/** How long a minute of the routers and of the policy lasts here, in ms: a second. */
export const MINUTE_MS = 1_000;

export function drawSchedule(seed: number): Schedule {
  const random = randomOf(seed);
  const drawn = withLargeMembers(
    drawWorkload(random.fork('workload'), { gateways: [1, 6], people: [0, 5], spanMs: ASKED_MS }),
    random.fork('large members'),
    { ...LARGE_MEMBERS, spanMs: ASKED_MS },
  );
  const stale = drawStaleMark(random.fork('stale mark'), ASKED_MS);
  const { workload, quietMs } = withChanges(random.fork('changes'), withActions(drawn, stale), {
    quietMs: QUIET_MS,
    minuteMs: SPAN_MS / 24,
    latestMs: QUIET_MS + SPAN_MS,
    isCalm: false,
  });
  const behaviour = random.fork('routers');
  const checks = random.fork('checks');
  const clocks = random.fork('clocks');
  const dialects = random.fork('dialects');
  const engines = random.fork('engines');
  const routers = Object.fromEntries(
    ROUTERS.map((router) => [
      router,
      {
        ...drawBehaviour(behaviour),
        foreignCheck: checks.pick(['confirms', 'leaves']),
        clockAhead: clocks.pick([0, 0, -CLOCKS_APART_MS, CLOCKS_APART_MS]),
        ...(stale.some((action) => action.router === router) && { pendingMark: 'forever' }),
        dialect: drawDialect(dialects),
        ...drawEngines(engines, 'auto'),
      },
    ]),
  ) as unknown as Schedule['routers'];
  const busy = workload.gateways.flatMap(({ pair }) => pair);
  const wrong = random.fork('faults');
  const faults = Array.from({ length: wrong.chance(0.1) ? 0 : wrong.whole(1, 10) }, () =>
    drawFault(wrong, busy, SPAN_MS),
  );
  return withFamily({ seed, workload, routers, faults, quietMs }, FAMILY_TIMES);
}

/** Draws how a router behaves where the behaviour of Junos is not known for sure, and how fast it is. */
function drawBehaviour(random: Random): DeviceOptionsInput {
  return {
    minute: MINUTE_MS,
    stacking: random.pick(['confirm-previous', 'last-only']),
    reboot: random.pick(['forget', 'revert', 'resume']),
    deadlineMeetsLock: random.pick(['fires', 'waits', 'fails']),
    deadlineMeetsDirty: random.pick(['replace', 'keep', 'fails']),
    unlockMeetsDirty: random.pick(['keep', 'discard']),
    pendingMark: random.pick(['live', 'forever', 'none']),
    base11: random.chance(0.5),
    delays: {
      check: random.whole(0, 200),
      commit: random.whole(0, 600),
      confirm: random.whole(0, 300),
      rollback: random.whole(0, 600),
      vrrpSettle: random.whole(0, 400),
    },
  };
}
