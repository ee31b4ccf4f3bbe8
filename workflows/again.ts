/**
 * A step that fails for good shows a defect, such as a record that can't be read. It is tried again until somebody has mended the defect. That may take
 * days, and each attempt adds to the history.
 */
import { log, sleep } from '@temporalio/workflow';
import { oneLine } from '../gateway/display.ts';
import type { PairEvent } from '../pair/events.ts';
import { PAIR_TIMES } from '../pair/times.ts';
import { reasonOf } from './reason.ts';

/** The longest pause is so many times the first one: 15 minutes after 30 seconds. */
const LONGEST = 30;

/** Pauses between attempts, in ms, each twice as long as the one before. */
export function* pauses(firstMs: number): Generator<number, never> {
  for (let times = 1; ; times = Math.min(2 * times, LONGEST)) yield firstMs * times;
}

/** Tries a step of a pair until it succeeds. `happened` is called with an event when the step is stuck, and again when it is about to be tried again. */
export async function untilDone<T>(
  step: () => Promise<T>,
  happened: (event: PairEvent) => void = () => undefined,
): Promise<T> {
  const pause = pauses(PAIR_TIMES.stepAgainMs);
  for (;;) {
    try {
      return await step();
    } catch (error) {
      const why = oneLine(reasonOf(error));
      log.error('a step of the pair failed for good; trying again', { reason: why });
      happened({ kind: 'step stuck', why });
      await sleep(pause.next().value);
      happened({ kind: 'step stuck', why: null });
    }
  }
}
