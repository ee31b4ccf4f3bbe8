import { LENGTHS, oneLine } from '../gateway/display.ts';
import type { RunRef } from './start.ts';
import type { Temporal } from './temporal.ts';

/**
 * Why a run was cancelled, or the one that it has gone on as, and by whom: only the history has the reason, for a workflow that ends as cancelled
 * can give no details. As for the workflow, the first reason counts. `undefined`: nobody gave one, or the history can't be read.
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
    // How the change ended is known without it.
    signal?.throwIfAborted();
    return undefined;
  }
}
