/**
 * What the simulation draws from a seed, sixty times as fast: a minute of the simulation is a second of real time. Everything begins even sooner than
 * that. The real system takes its own time, and otherwise more would have ended before the next thing happens.
 */
import type { Policy } from '../../../gateway/policies.ts';
import { changing, drawRandomSchedule } from '../../simulation/schedule.ts';
import type { Schedule } from '../../simulation/schedule.ts';
import type { WorkloadAction, WorkloadChange } from '../workload.ts';

export const SCALE = 60;
const PACE = 3 * SCALE;
/** Faults last at most this long after the last one that happens at a given time; in every fifth schedule longer. */
const WRONG_MS = 1_500;
const LONG_WRONG_MS = 8_000;
/** In schedules in which nothing goes wrong at first: for how long, in ms. By then most gateways stand. */
const QUIET_MS = 5_000;

/** The time, in ms, within which everything has begun. After that all is repaired. */
export function spanOf({ seed, workload, faults, quietMs }: Schedule): number {
  const timed = faults.flatMap(({ when }) => (when.kind === 'time' ? [quietMs + when.at] : []));
  const acts = [...workload.actions, ...(workload.changes ?? [])];
  const last = Math.max(...acts.map(({ at }) => at), ...timed, quietMs);
  return last + (faults.length === 0 ? 0 : seed % 5 === 0 ? LONG_WRONG_MS : WRONG_MS);
}

/** Faults that this harness can't make: the server is a separate process without a link that could be cut, and it does not support resets. */
const IMPOSSIBLE = ['temporal away', 'temporal answer lost', 'reset'];

export function drawSchedule(seed: number): Schedule {
  const { workload, routers, faults, policy, quietMs, ...rest } = changing(drawRandomSchedule(seed));
  // Gateways are not created faster because the schedule is, so what comes after their creation comes later.
  const laterMs = quietMs === 0 ? 0 : QUIET_MS - quietMs / PACE;
  const sooner = <T extends WorkloadAction | WorkloadChange>(one: T): T => ({
    ...one,
    at: one.at / PACE + (one.kind === 'create' ? 0 : laterMs),
  });
  return {
    ...rest,
    // The schedule of people is scaled by the harness that waits for them.
    workload: {
      ...workload,
      actions: workload.actions.filter(({ kind }) => !IMPOSSIBLE.includes(kind)).map(sooner),
      ...(workload.changes && { changes: workload.changes.map(sooner) }),
    },
    quietMs: quietMs === 0 ? 0 : QUIET_MS,
    routers: Object.fromEntries(
      Object.entries(routers).map(([name, { delays, ...options }]) => [
        name,
        { ...options, minute: 60_000 / SCALE, delays: faster(delays) },
      ]),
    ) as unknown as Schedule['routers'],
    faults: faults.filter(({ effect }) => !IMPOSSIBLE.includes(effect.kind)).map(faster),
    policy: fasterPolicy(policy),
  };
}

/** A faster policy. `checkPolicy` would refuse it, because it guarantees that work ends in time. This harness does not test that. */
function fasterPolicy(policy: Policy): Policy {
  return {
    ...policy,
    vrrpIntervalMs: 50,
    // A machine that is busy takes its time, and fast routers don't make it faster: no shorter than these.
    vrrpLimitMs: 3_000,
    vrrpMaxMs: 3_000,
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
