/** How a pair answers a saga: it completes the activity that sent the request ("answered activity", M1). */
import { getClient } from '@temporalio/activity';
import type { PairAnswer, ReplyTo } from '../../pair/messages.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import { classified } from '../classify.ts';
import { isRunning } from '../executions.ts';

export interface AnswerInput {
  readonly answers: readonly {
    readonly replyTo: ReplyTo;
    readonly answer: PairAnswer;
    /** The pair's workflow remembers that it never applied this member. */
    readonly neverApplied?: true;
  }[];
  /** The pair's workflow was reset, and does not remember what it did after the point of the reset. Absent: it was not reset. */
  readonly wasReset?: true;
}

/**
 * What became of an answer. `delivered`: the activity was completed, or the saga still runs and will send its request again. `undelivered`:
 * no activity waits, and none will come ("missing saga", M4). `uncertain`: the answer was not given, because the pair's workflow was reset
 * and can't know whether the answer is true.
 */
export type Delivery = 'delivered' | 'undelivered' | 'uncertain';

/** Completes all these activities. Resolves to what became of each answer, in the order of `answers`. */
export function answer({ answers, wasReset }: AnswerInput): Promise<Delivery[]> {
  const deliver = async ({
    replyTo,
    answer: words,
    neverApplied,
  }: AnswerInput['answers'][number]): Promise<Delivery> => {
    if (neverApplied && wasReset) return 'uncertain';
    try {
      await getClient().activity.complete(replyTo, words);
      return 'delivered';
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ActivityNotFoundError')) throw error;
      // Between two attempts of the request there is no activity to complete: the pair remembers the answer for the next attempt. A saga
      // that was reset goes on as another run, which sends its request again.
      return (await isRunning(replyTo.workflowId)) ? 'delivered' : 'undelivered';
    }
  };
  // If giving one answer fails, all answers are given again. An activity that was completed the first time is not found the second time.
  // Its answer then counts as delivered if its saga still runs.
  return classified(() => allSettledOrThrow(answers.map(deliver)));
}
