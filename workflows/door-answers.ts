/**
 * The pair's answers to sagas at its door. Thousands of answers may be due at once, and none of them is urgent. So they are gathered, and one activity
 * at a time gives a part of them: the activity's input stays small, and the history does not grow with each answer.
 */
import { condition } from '@temporalio/workflow';
import { PAIR_LIMITS } from '../pair/limits.ts';
import { PAIR_TIMES } from '../pair/times.ts';
import type { Answer } from './pair-activities.ts';

export class DoorAnswers {
  readonly #give: (answers: readonly Answer[]) => Promise<void>;
  /** Whether the workflow is to continue as new, and waits for nothing but these answers. */
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

  /** The answers that are not given yet. When the workflow continues as new, the next run gives them. */
  get open(): readonly Answer[] {
    return this.#open;
  }

  /** Whether the workflow may continue as new: no activity is giving answers, and the open answers are few enough to be carried over. */
  get mayBeCarried(): boolean {
    return !this.#isGiving && this.#open.length <= PAIR_LIMITS.answersCarried;
  }

  get isDone(): boolean {
    return !this.#isGiving && this.#open.length === 0;
  }

  /** Adds answers, and gives all that are open, also those of other calls. If another call is giving answers already, that call gives these, too. */
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

  /** Whether this run stops giving, and leaves the open answers to the next run. */
  get #isLeft(): boolean {
    return this.#isAwaited() && this.#open.length <= PAIR_LIMITS.answersCarried;
  }
}
