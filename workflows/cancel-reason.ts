/**
 * Why a workflow is cancelled: the reason in the request for the cancel, whoever sends it: `gateway-saga cancel`, a client, the Temporal CLI or its
 * Web UI. The SDK hands the reason to no workflow, so an interceptor keeps it. A bundle of the workflows names this file among its modules of interceptors;
 * without it a cancel has no reason.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { LENGTHS, oneLine } from '../gateway/display.ts';

/** By run id. In a worker each run has modules of its own; the simulation's runs share them. */
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

/** Anybody may have written it, in any length and with any characters. */
function keep(given: string | null | undefined): void {
  const { runId } = workflowInfo();
  const reason = oneLine(given ?? '', LENGTHS.cancel);
  if (reason !== '' && !reasons.has(runId)) reasons.set(runId, reason);
}

/** Of this run. `undefined`: it is not cancelled, or nobody gave a reason. */
export function cancelReason(): string | undefined {
  return reasons.get(workflowInfo().runId);
}
