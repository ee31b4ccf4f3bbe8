import { LENGTHS, oneLine } from '../gateway/display.ts';
import type { RunRef } from './start.ts';
import type { Temporal } from './temporal.ts';

/**
 * Why a run, or the run that it has gone on as, was cancelled, and by whom. Only the history has the reason, because a workflow that ends as cancelled
 * can give no details. If there were several cancels, the first reason counts, as it does for the workflow. `undefined`: nobody gave a reason, or the
 * history can't be read.
 */
export async function cancelReasonOf(
  temporal: Temporal,
  { workflowId, runId }: RunRef,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    for (let run = runId; ;) {
      const handle = temporal.client.workflow.getHandle(workflowId, run);
      const { events } = await temporal.call(() => handle.fetchHistory(), signal);
      const next = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
      if (next) {
        run = next;
        continue;
      }
      const reasons = (events ?? []).map(({ workflowExecutionCancelRequestedEventAttributes: request }) =>
        oneLine(request?.cause ?? '', LENGTHS.cancel),
      );
      return reasons.find((reason) => reason !== '');
    }
  } catch {
    // The caller knows how the change ended also without the reason.
    signal?.throwIfAborted();
    return undefined;
  }
}
