/** What a pair has left behind of its work: in Temporal's history, and in a router's. */
import type { Client } from '@temporalio/client';
import { pairIdOf } from '../pair/messages.ts';
import { commitInformation } from '../netconf/operations.ts';
import type { Fleet } from './fleet.ts';
import { openPushSession } from './push-session.ts';

export interface PairHistory {
  /** Of all runs of its workflow, one continued as the next. */
  readonly events: number;
  readonly batches: number;
}

export async function pairHistory({ workflow }: Client, fleet: Fleet, index: number): Promise<PairHistory> {
  const pair = fleet.pairs[index];
  if (pair === undefined) throw new RangeError(`expected a pair ${index}, got none`);
  const workflowId = pairIdOf([pair.primary.id, pair.secondary.id]);
  let runId: string | undefined;
  let count = 0;
  let batches = 0;
  do {
    const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
    count += events?.length ?? 0;
    for (const { activityTaskScheduledEventAttributes: scheduled } of events ?? [])
      if (scheduled?.activityType?.name === 'apply') batches += 1;
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  } while (runId !== '');
  return { events: count, batches };
}

/** Commits that sagas made on a pair's primary router, of the last 50: those on trial, and those that settled them. */
export async function commitsOn(fleet: Fleet, pair: number): Promise<number> {
  const { session } = await openPushSession(fleet, 2 * pair);
  try {
    const history = await session.request(commitInformation());
    return [...history].filter(({ log }) => log?.startsWith('gateway-saga ')).length;
  } finally {
    await session.close();
  }
}
