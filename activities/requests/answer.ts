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
  /** The workflow was reset, and does not remember what it did after that point. Absent: it was not. */
  readonly wasReset?: true;
}

/**
 * What became of an answer. `undelivered`: no activity waits, and none will come again (M4). `uncertain`: the answer was not given, because
 * a workflow that was reset can't know it.
 */
export type Delivery = 'delivered' | 'undelivered' | 'uncertain';

/** Completes all these activities. Resolves to what became of each answer, in their order. */
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
      // Between two attempts of the request there is nothing to complete: the next one is answered from memory. A workflow that was
      // reset goes on as another run, which sends its request again.
      return (await isRunning(replyTo.workflowId)) ? 'delivered' : 'undelivered';
    }
  };
  // If one fails, all are answered again: an activity that was completed is not found then, and its saga runs.
  return classified(Infinity, () => allSettledOrThrow(answers.map(deliver)));
}
