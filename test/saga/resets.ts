/** Resetting a workflow to a point before one of its activities. */
import type { Client } from '@temporalio/client';
import type { Activities } from '../../activities/index.ts';
import { reset } from '../world/reset.ts';

/**
 * Begins a run, the newest unless told otherwise, anew from before the last time that it asked for that activity. Resolves to the id of
 * the new run.
 */
export async function resetBefore(
  client: Client,
  workflowId: string,
  activity: keyof Activities,
  runId?: string,
): Promise<string> {
  return reset(client, { workflowId, runId }, (events) => {
    const asked = events.findLast(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === activity,
    );
    if (!asked) throw new Error(`${workflowId}: expected it to have asked for ${activity}`);
    return asked.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId;
  });
}
