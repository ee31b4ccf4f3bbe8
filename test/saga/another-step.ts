/**
 * Workflow code of another release: each run begins with a step that the others don't have. A run that this code has begun can't be replayed by theirs,
 * nor theirs by this one, because nothing is patched.
 */
import { sleep } from '@temporalio/workflow';
import type { WorkflowInterceptors } from '@temporalio/workflow';

export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      async execute(input, next) {
        await sleep(1);
        return next(input);
      },
    },
  ],
});
