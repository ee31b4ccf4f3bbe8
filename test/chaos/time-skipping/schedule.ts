/**
 * What the simulation draws from a seed, sixty times as fast: there a minute is a minute, here it is a second of real time. All of it begins
 * sooner yet, as the real thing takes its own time and more would have ended before the next thing happens.
 */
import type { Policy } from '../../../gateway/policies.ts';
import { drawSchedule as drawSlow } from '../../simulation/schedule.ts';
import type { Schedule } from '../../simulation/schedule.ts';

export const SCALE = 60;
const PACE = 3 * SCALE;
/** After the last thing that happens at a moment of its own, all stays wrong for so long at most; in every fifth schedule for longer. */
const WRONG_MS = 1_500;
const LONG_WRONG_MS = 8_000;

/** Within so many ms everything has begun; then all is put right. */
export function spanOf({ seed, workload, faults }: Schedule): number {
  const timed = faults.flatMap(({ when }) => (when.kind === 'time' ? [when.at] : []));
  const last = Math.max(...workload.actions.map(({ at }) => at), ...timed);
  return last + (faults.length === 0 ? 0 : seed % 5 === 0 ? LONG_WRONG_MS : WRONG_MS);
}

/** The server is a process of its own, nothing lies between us and it that could be cut, and it does not know of resets. */
const NOT_HERE = ['temporal away', 'temporal answer lost', 'reset'];

export function drawSchedule(seed: number): Schedule {
  const { workload, routers, faults, policy, ...rest } = drawSlow(seed);
  return {
    ...rest,
    // How long people take is up to whoever waits for them.
    workload: {
      ...workload,
      actions: workload.actions
        .filter(({ kind }) => !NOT_HERE.includes(kind))
        .map((one) => ({ ...one, at: one.at / PACE })),
    },
    routers: Object.fromEntries(
      Object.entries(routers).map(([name, { delays, ...options }]) => [
        name,
        { ...options, minute: 60_000 / SCALE, delays: faster(delays) },
      ]),
    ) as unknown as Schedule['routers'],
    faults: faults.filter(({ deed }) => !NOT_HERE.includes(deed.kind)).map(faster),
    policy: fasterPolicy(policy),
  };
}

/** `checkPolicy` would not let it pass: it holds the promise of an end in time, which is not what is tried here. */
function fasterPolicy(policy: Policy): Policy {
  return {
    ...policy,
    vrrpIntervalMs: 50,
    // A machine that is busy takes its time, and fast routers don't make it faster: no shorter than these.
    vrrpLimitMs: 3_000,
    patienceMs: Math.max(2_000, policy.patienceMs / SCALE),
    settlePatienceMs: policy.settlePatienceMs / SCALE,
    minuteMs: policy.minuteMs / SCALE,
    confirmMarginMs: policy.confirmMarginMs / SCALE,
    fallbackGraceMs: policy.fallbackGraceMs / SCALE,
  };
}

const TIMES = ['ms', 'delayMs', 'check', 'commit', 'confirm', 'rollback', 'vrrpSettle'];

function faster<T>(slow: T): T {
  const copy: unknown = JSON.parse(JSON.stringify(slow), (name, value: unknown) =>
    typeof value !== 'number'
      ? value
      : name === 'at'
        ? Math.round(value / PACE)
        : TIMES.includes(name)
          ? Math.round(value / SCALE)
          : value,
  );
  return copy as T;
}
