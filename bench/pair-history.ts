/** Reads what a pair has done: from the history of its workflow, and from a router's commit history. */
import type { Client } from '@temporalio/client';
import { pairIdOf } from '../pair/messages.ts';
import { commitInformation } from '../netconf/operations.ts';
import type { Fleet } from './fleet.ts';
import { openPushSession } from './push-session.ts';

export interface PairHistory {
  /** Events of all runs of the pair's workflow, which continues as new. */
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

/** Counts gateway-saga's commits among the last 50 on a pair's primary router: those on trial, and those that settle. */
export async function commitsOn(fleet: Fleet, pair: number): Promise<number> {
  const { session } = await openPushSession(fleet, 2 * pair);
  try {
    const history = await session.request(commitInformation());
    return [...history].filter(({ log }) => log?.startsWith('gateway-saga ')).length;
  } finally {
    await session.close();
  }
}
