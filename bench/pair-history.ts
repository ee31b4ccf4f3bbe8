/** Reads what a pair has done: from the history of its workflow, and from a router's commit history. */
import type { Client } from '@temporalio/client';
import { pairIdOf } from '../pair/messages.ts';
import { commitInformation } from '../netconf/operations.ts';
import type { CommitEntry } from '../netconf/operations.ts';
import type { Fleet } from './fleet.ts';
import { openPushSession } from './push-session.ts';

export interface PairHistory {
  /** Events of all runs of the pair's workflow. There are several runs, because it continues as new. */
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

/** How many commits a router's history has at most: older ones are gone. */
const KEPT = 50;

/**
 * Counts gateway-saga's commits on a pair's primary router: those on trial, and those that settle. `undefined`: the router's history is full, so some
 * may be gone.
 */
export async function commitsOn(fleet: Fleet, pair: number): Promise<number | undefined> {
  const { session } = await openPushSession(fleet, 2 * pair);
  try {
    return ownCommitsIn([...(await session.request(commitInformation()))]);
  } finally {
    await session.close();
  }
}

export function ownCommitsIn(history: readonly Pick<CommitEntry, 'log'>[]): number | undefined {
  if (history.length >= KEPT) return undefined;
  return history.filter(({ log }) => log?.startsWith('gateway-saga ')).length;
}

/** As `commitsOn`, for a pair that has done too little to fill the commit history. Throws if the history is full. */
export async function fewCommitsOn(fleet: Fleet, pair: number): Promise<number> {
  const commits = await commitsOn(fleet, pair);
  if (commits === undefined) throw new Error(`expected fewer than ${KEPT} commits on pair ${pair}, got more`);
  return commits;
}
