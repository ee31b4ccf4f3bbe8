/** Resets a workflow to a point before one of its activities. */
import type { Client } from '@temporalio/client';
import type { Activities } from '../../activities/index.ts';
import { reset } from '../world/reset.ts';

/**
 * Resets a run, by default the newest, to before it last scheduled that activity. Resolves to the id of the new run.
 */
export async function resetBefore(
  client: Client,
  workflowId: string,
  activity: keyof Activities,
  runId?: string,
): Promise<string> {
  return reset(client, { workflowId, runId }, (events) => {
    const scheduled = events.findLast(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === activity,
    );
    if (!scheduled) throw new Error(`${workflowId}: expected it to have scheduled ${activity}`);
    return scheduled.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId;
  });
}
