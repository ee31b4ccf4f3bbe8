/** How the pair's steps end: done, whatever it takes, or with a turn that is lost. */
import { log, sleep } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import type { PairEvent } from '../gateway/pair/state.ts';
import { PAIR_TIMES } from '../gateway/pair/times.ts';
import { failureTypeOf, reasonOf } from './reason.ts';

/** These steps have no way out but being done: one that fails for good is a defect, to be mended while it waits. */
export async function untilDone<T>(step: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      log.error('a step of the pair failed for good; trying again', { reason: reasonOf(error) });
      await sleep(PAIR_TIMES.againMs);
    }
  }
}

/** The turn is another one's, or nobody's: what this transaction finds or decides counts no more. */
export function isOvertaken(error: unknown): boolean {
  return failureTypeOf(error) === FAILURES.Superseded;
}

/** What came of a transaction, or that its turn is lost. */
export async function orLost(turn: string, transaction: () => Promise<PairEvent>): Promise<PairEvent> {
  try {
    return await transaction();
  } catch (error) {
    if (isOvertaken(error)) return { kind: 'turn lost', turn };
    throw error;
  }
}
