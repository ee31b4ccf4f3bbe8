/**
 * Answers to sagas at the door. Thousands may come at once, and they are not urgent. So they are gathered, and given by one activity at a
 * time: its input stays small, and the history does not grow by each of them.
 */
import { condition } from '@temporalio/workflow';
import { PAIR_LIMITS } from '../pair/limits.ts';
import { PAIR_TIMES } from '../pair/times.ts';
import type { Answer } from './pair-activities.ts';

export class DoorAnswers {
  readonly #give: (answers: readonly Answer[]) => Promise<void>;
  /** Whether the workflow only waits for these answers to continue as new. */
  readonly #isAwaited: () => boolean;
  readonly #open: Answer[];
  #isGiving = false;

  constructor(
    carried: readonly Answer[],
    give: (answers: readonly Answer[]) => Promise<void>,
    isAwaited: () => boolean,
  ) {
    this.#open = [...carried];
    this.#give = give;
    this.#isAwaited = isAwaited;
  }

  /** Answers that were not given: the next run gives them. */
  get open(): readonly Answer[] {
    return this.#open;
  }

  /** Whether the workflow may continue as new: no activity gives answers, and those that are open can be carried along. */
  get mayBeCarried(): boolean {
    return !this.#isGiving && this.#open.length <= PAIR_LIMITS.answersCarried;
  }

  get isDone(): boolean {
    return !this.#isGiving && this.#open.length === 0;
  }

  /** Adds answers, and gives all that are open, those of other calls included. */
  async give(answers: readonly Answer[]): Promise<void> {
    this.#open.push(...answers);
    if (this.#isGiving) return;
    this.#isGiving = true;
    while (this.#open.length > 0 && !this.#isLeft) {
      const some = this.#open.splice(0, PAIR_LIMITS.answersAtOnce);
      await this.#give(some);
      const isBusy = () => this.#open.length >= PAIR_LIMITS.answersAtOnce || this.#isAwaited();
      await condition(isBusy, PAIR_TIMES.doorAnswerMs);
    }
    this.#isGiving = false;
  }

  /** Whether the answers that are open are left to the next run. */
  get #isLeft(): boolean {
    return this.#isAwaited() && this.#open.length <= PAIR_LIMITS.answersCarried;
  }
}
