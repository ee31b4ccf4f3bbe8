/** How a pair's workflow goes through its steps. */
import { log, sleep, uuid4 } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import type { PairCommand, PairEvent } from '../pair/state.ts';
import { PAIR_TIMES } from '../pair/times.ts';
import { pairActivities } from './pair-activities.ts';
import type { Answer } from './pair-activities.ts';
import { failureTypeOf, reasonOf } from './reason.ts';

/** These steps have no way out but being done: one that fails for good is a defect, to be mended while it waits, and is told as such. */
export async function untilDone<T>(
  step: () => Promise<T>,
  tell: (event: PairEvent) => void = () => undefined,
): Promise<T> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      const why = reasonOf(error);
      log.error('a step of the pair failed for good; trying again', { reason: why });
      tell({ kind: 'step stuck', why });
      await sleep(PAIR_TIMES.stepAgainMs);
      tell({ kind: 'step stuck', why: null });
    }
  }
}

/**
 * Drawn anew for each turn: it comes out the same when replayed, and otherwise after a reset, which must not use again the turns that
 * began after its point: their log lines and attempt numbers are still about (T3, T5).
 */
export function reservationPrefix(): string {
  return uuid4().slice(0, 8);
}

/** The turn is another one's, or nobody's: what this transaction finds or decides counts no more. */
export function isOvertaken(error: unknown): boolean {
  return failureTypeOf(error) === FAILURES.Superseded;
}

/** The transaction's event, or that its turn is lost. */
export async function orLost(reservation: string, transaction: () => Promise<PairEvent>): Promise<PairEvent> {
  try {
    return await transaction();
  } catch (error) {
    if (isOvertaken(error)) return { kind: 'reservation lost', reservation };
    throw error;
  }
}

/** Gives the turn back. Rejects where something may be on the routers by it that a reset has made this workflow forget. */
export async function endReservation(
  command: Extract<PairCommand, { kind: 'end reservation' }>,
  routers: readonly [string, string],
): Promise<PairEvent> {
  await pairActivities.endReservation(command, routers);
  return { kind: 'reservation ended' };
}

/** What follows from an answer that nobody has heard. */
export function undelivered(
  { member, replyTo, answer }: Answer,
  told: boolean | 'uncertain' | undefined,
): readonly PairEvent[] {
  if (told === true) return [];
  return told === 'uncertain'
    ? [{ kind: 'uncertain', member, replyTo }]
    : [{ kind: 'undelivered', member, answer }];
}
