import { CancelledFailure } from '@temporalio/activity';
import { isNonRetryable } from './classify.ts';

/**
 * Waits until all have settled. Then throws the most important error, if there is one: a cancellation, else an error that no further
 * attempt can mend, else any other.
 */
export async function allSettledOrThrow<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises);
  const errors = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (errors.length > 0) {
    throw (
      errors.find((error) => error instanceof CancelledFailure) ?? errors.find(isNonRetryable) ?? errors[0]
    );
  }
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
