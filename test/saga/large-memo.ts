/** Workflow code with a defect: the first thing that each run does is more than Temporal takes in one message. So nothing of it is in a history. */
import { upsertMemo } from '@temporalio/workflow';
import type { WorkflowInterceptors } from '@temporalio/workflow';

const MORE_THAN_TEMPORAL_TAKES = 5 * 2 ** 20;

export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      execute(input, next) {
        upsertMemo({ large: 'x'.repeat(MORE_THAN_TEMPORAL_TAKES) });
        return next(input);
      },
    },
  ],
});
