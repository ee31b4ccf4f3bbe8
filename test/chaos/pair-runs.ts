/** The requests to pairs, read from a server's histories. */
import type { Client } from '@temporalio/client';
import { REQUEST_SIGNAL } from '../../pair/messages.ts';
import type { PairRun } from './informed-pairs.ts';

export interface RunId {
  readonly workflowId: string;
  readonly runId: string;
}

/** The runs of pairs with the requests that each received, oldest first. */
export async function pairRunsOf({ workflow }: Client, runs: readonly RunId[]): Promise<readonly PairRun[]> {
  const found = await Promise.all(
    runs.map(async ({ workflowId, runId }) => {
      const handle = workflow.getHandle(workflowId, runId);
      const [{ raw, startTime }, { events }] = await Promise.all([handle.describe(), handle.fetchHistory()]);
      const terminated = events?.at(-1)?.workflowExecutionTerminatedEventAttributes;
      return {
        startTime,
        chain: raw.workflowExecutionInfo?.firstRunId || runId,
        isTerminated: terminated !== undefined && terminated !== null,
        requests: (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
          signal?.signalName === REQUEST_SIGNAL
            ? [(signal.input?.payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString()).join()]
            : [],
        ),
      };
    }),
  );
  return found.sort((one, other) => one.startTime.getTime() - other.startTime.getTime());
}
