/**
 * Keeps the reason for which a workflow is cancelled. The request for the cancel carries the reason, whoever sends the request: `gateway-saga cancel`, a
 * client, the Temporal CLI or its Web UI. The SDK hands the reason to no workflow, so an interceptor keeps it. A bundle of the workflows names this file
 * among its modules of interceptors. In a bundle that does not name it, a cancel has no reason.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { LENGTHS, oneLine } from '../gateway/display.ts';

/** The reasons by run id. In a worker each run has modules of its own, and so a map of its own; the runs of the simulation in the tests share one. */
const reasons = new Map<string, string>();

export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        for (const { cancelWorkflow } of input.activation.jobs ?? []) keep(cancelWorkflow?.reason);
        next(input);
      },
    },
  ],
});

/** Keeps the first reason that is not empty. Anybody may have written it, in any length and with any characters, so it is cut to one line. */
function keep(given: string | null | undefined): void {
  const { runId } = workflowInfo();
  const reason = oneLine(given ?? '', LENGTHS.cancel);
  if (reason !== '' && !reasons.has(runId)) reasons.set(runId, reason);
}

/** The reason for which this run is cancelled. `undefined`: the run is not cancelled, or nobody gave a reason. */
export function cancelReason(): string | undefined {
  return reasons.get(workflowInfo().runId);
}
