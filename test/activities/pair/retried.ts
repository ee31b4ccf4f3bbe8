import { WaitError } from '../../../activities/router/attempt-context.ts';
import type { AttemptContext } from '../../../activities/router/attempt-context.ts';
import { failureOf } from '../../../activities/classify.ts';
import { contextOf } from './scene.ts';

/** Runs attempts as Temporal does, until one succeeds or fails with an error that no further attempt can mend. */
export async function tried<T>(run: (context: AttemptContext) => Promise<T>): Promise<T> {
  const since = Date.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run(contextOf({ since, attempt }));
    } catch (error) {
      if (!failureOf(error, () => attempt).again) throw error;
      const ms = error instanceof WaitError ? error.waitMs : 20;
      await new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)));
    }
  }
}
