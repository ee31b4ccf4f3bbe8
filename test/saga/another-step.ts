/**
 * Workflow code of another release: each run begins with a step that other releases don't have. Nothing is patched. So other releases can't replay a run
 * that this code has begun, and this code can't replay theirs.
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
