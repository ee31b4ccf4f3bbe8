/** Finds out which faults a failure needs: leaves them out one by one, as long as the failure stays. */
import type { Schedule } from './schedule.ts';

/**
 * `fails` runs a schedule, and resolves to whether the failure still comes. If a run succeeds by luck, a fault too many stays in the schedule, never one
 * too few.
 */
export async function shrink(
  schedule: Schedule,
  fails: (smaller: Schedule) => Promise<boolean>,
): Promise<Schedule> {
  let smallest = schedule;
  for (const fault of schedule.faults) {
    const smaller = { ...smallest, faults: smallest.faults.filter((other) => other !== fault) };
    if (await fails(smaller)) smallest = smaller;
  }
  return smallest;
}
