/**
 * Workflow code with a defect: the first thing that each run asks of Temporal is larger than one message may be. So nothing of the run gets into its
 * history.
 */
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
