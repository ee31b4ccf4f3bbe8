import { getClient } from '@temporalio/activity';
import type { ReplyTo, PairAnswer } from '../../pair/messages.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import { classified } from '../classify.ts';
import { isRunning } from './executions.ts';

export interface AnswerInput {
  readonly answers: readonly {
    readonly replyTo: ReplyTo;
    readonly answer: PairAnswer;
    /** That nothing of it was ever on a router is what the pair's workflow remembers. */
    readonly neverApplied?: true;
  }[];
  /** It was reset, and does not remember what it has done since. Absent: it was not. */
  readonly wasReset?: true;
}

/**
 * Completes the activities that asked, all at once. Whether each was there, in their order: `false` where nobody is any more, and nobody
 * will ask again (M4). A run that was reset goes on as another one, which asks again. `doubted`: it was not told what can't be known.
 */
export function answer({ answers, wasReset }: AnswerInput): Promise<(boolean | 'uncertain')[]> {
  const tell = async ({ replyTo, answer: words, neverApplied }: AnswerInput['answers'][number]) => {
    if (neverApplied && wasReset) return 'uncertain' as const;
    try {
      await getClient().activity.complete(replyTo, words);
      return true;
    } catch (error) {
      // Between two attempts of the ask there is nothing to complete: the next one is answered from memory.
      if (error instanceof Error && error.name === 'ActivityNotFoundError')
        return isRunning(replyTo.workflowId);
      throw error;
    }
  };
  // Told again, should one fail: who has heard it is found without an ask, and alive.
  return classified(Infinity, () => allSettledOrThrow(answers.map(tell)));
}
