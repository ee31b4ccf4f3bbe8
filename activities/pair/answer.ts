import { getClient } from '@temporalio/activity';
import type { Asker, PairAnswer } from '../../gateway/pair/messages.ts';
import { classified } from '../classify.ts';
import { isRunning } from './asker.ts';

export interface AnswerInput {
  readonly asker: Asker;
  readonly answer: PairAnswer;
}

/**
 * Completes the activity that asked. `false`: nobody is there any more, and nobody will ask again (M4). A run that was reset goes on
 * as another one, which asks again.
 */
export function answer({ asker, answer: words }: AnswerInput): Promise<boolean> {
  return classified(Infinity, async () => {
    try {
      await getClient().activity.complete(asker, words);
      return true;
    } catch (error) {
      // Between two attempts of the ask there is nothing to complete: the next one is answered from memory.
      if (error instanceof Error && error.name === 'ActivityNotFoundError')
        return isRunning(asker.workflowId);
      throw error;
    }
  });
}
