import { ApplicationFailure } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import type { Plan } from '../gateway/plan.ts';
import { activities } from './activities.ts';
import type { ProgressLog } from './progress-log.ts';
import { failureTypeOf, reasonOf } from './reason.ts';

/** How many times at most a saga writes its records again. */
const MAX_RESTORED = 3;

/**
 * Does the work. If the saga's records in etcd turn out to be gone, because etcd was restored from a backup or somebody removed them, the saga writes
 * them again and does the work again. What the routers carry already is found there.
 */
export async function withRecords<T>(
  plan: Plan,
  log: ProgressLog,
  work: (again: boolean) => Promise<T>,
): Promise<T> {
  for (let restored = 0; ; restored += 1) {
    try {
      return await work(restored > 0);
    } catch (error) {
      if (failureTypeOf(error) !== FAILURES.RecordsGone || restored === MAX_RESTORED) throw error;
      await log
        .step('register', 'etcd', () => activities.restoreRecords(plan))
        .catch((cause: unknown) => {
          throw ApplicationFailure.nonRetryable(
            `${reasonOf(error)}, and can't be written again: ${reasonOf(cause)}`,
            FAILURES.RecordsGone,
          );
        });
    }
  }
}
