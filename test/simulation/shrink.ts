/** Leaves out faults, strikes and people's actions, one by one, as long as the same promise stays broken. */
import type { Kinds } from '../../activities/dependencies.ts';
import { judge } from './run-and-check.ts';
import type { Verdict } from './run-and-check.ts';
import type { Schedule } from './schedule.ts';

export async function shrink(
  schedule: Schedule,
  kinds: Kinds,
  { run, violations }: Verdict,
): Promise<Schedule> {
  const broken = new Set(violations.map(({ invariant }) => invariant));
  const fails = async (candidate: Schedule): Promise<boolean> =>
    (await judge(candidate, kinds)).violations.some(({ invariant }) => broken.has(invariant));
  const only = run.strikes.map(({ point }) => point);
  let smallest: Schedule = { ...schedule, strikes: schedule.strikes && { ...schedule.strikes, only } };
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const candidate of smallerThan(smallest)) {
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

function* smallerThan(schedule: Schedule): Generator<Schedule> {
  const { faults, strikes, meeting, workload, askings } = schedule;
  if (meeting) yield { ...schedule, meeting: null };
  for (const point of strikes?.only ?? [])
    yield {
      ...schedule,
      strikes: strikes && { ...strikes, only: strikes.only?.filter((one) => one !== point) },
    };
  for (const fault of faults) yield { ...schedule, faults: faults.filter((one) => one !== fault) };
  for (const asking of askings) yield { ...schedule, askings: askings.filter((one) => one !== asking) };
  // Gateways stay: actions name them by their number. A gateway without an action that creates it has no effect.
  for (const action of workload.actions) {
    const actions = workload.actions.filter((one) => one !== action);
    yield { ...schedule, workload: { ...workload, actions } };
  }
  for (const change of workload.changes ?? []) {
    const changes = workload.changes?.filter((one) => one !== change) ?? [];
    yield { ...schedule, workload: { ...workload, changes } };
  }
}
