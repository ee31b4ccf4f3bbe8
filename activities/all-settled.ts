import { CancelledFailure } from '@temporalio/activity';
import { isFinal } from './classify.ts';

/**
 * Waits for both routers to come to rest, whatever happens on the other, and then throws the error that says most: a
 * cancellation, or one that no further attempt could mend, before one that may pass.
 */
export async function allSettledOrThrow<T>(sides: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(sides);
  const errors = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (errors.length > 0) {
    throw errors.find((error) => error instanceof CancelledFailure) ?? errors.find(isFinal) ?? errors[0];
  }
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
