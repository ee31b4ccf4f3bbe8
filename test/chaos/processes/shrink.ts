/** Finds out which faults a failure needs: leaves them out one by one, as long as the failure stays. */
import type { Schedule } from './schedule.ts';

/** `fails` runs a schedule, and resolves to whether it still fails. A run that succeeds by luck leaves a fault too many, never one too few. */
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
