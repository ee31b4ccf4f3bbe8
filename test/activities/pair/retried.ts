import { WaitError } from '../../../activities/router/attempt-context.ts';
import type { AttemptContext } from '../../../activities/router/attempt-context.ts';
import { sort } from '../../../activities/classify.ts';
import { hereOf } from './scene.ts';

/** As Temporal does: again and again, as long as another attempt could mend it. */
export async function tried<T>(run: (here: AttemptContext) => Promise<T>): Promise<T> {
  const since = Date.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run(hereOf({ since, attempt }));
    } catch (error) {
      if (!sort(error, () => attempt).again) throw error;
      const ms = error instanceof WaitError ? error.until - Date.now() : 20;
      await new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)));
    }
  }
}
