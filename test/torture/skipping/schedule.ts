/**
 * What the fakes draw from a seed, sixty times as fast: there a minute is a minute, here it is a second of real time. All of it begins
 * sooner yet, as the real thing takes its own time and more would have ended before the next thing happens.
 */
import type { Policy } from '../../../gateway/policies.ts';
import { drawSchedule as drawSlow, SPAN_MS as SLOW_SPAN_MS } from '../fakes/schedule.ts';
import type { Schedule } from '../fakes/schedule.ts';

export const SCALE = 60;
const PACE = 3 * SCALE;
/** Within so many ms things go wrong. */
export const FAULTS_MS = (SLOW_SPAN_MS * 1.5) / PACE;

/** The server is a process of its own, and nothing lies between us and it that could be cut. */
const NOT_HERE = ['temporal away', 'temporal answer lost'];

export function drawSchedule(seed: number): Schedule {
  const { workload, routers, faults, policy, ...rest } = drawSlow(seed);
  return {
    ...rest,
    // How long people take is up to whoever waits for them.
    workload: { ...workload, actions: workload.actions.map((one) => ({ ...one, at: one.at / PACE })) },
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
