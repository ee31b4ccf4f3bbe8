/** What a workflow's history tells a person, event by event, with times: not its own tasks, and no payloads. */
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { WorkflowEvidence } from '../evidence.ts';

const SUFFIX = 'EventAttributes';

export function linesOf({ events }: History): NonNullable<WorkflowEvidence['events']> {
  const activities = new Map<string, string>();
  return (events ?? []).flatMap((event) => {
    const kind = Object.keys(event).find((key) => key.endsWith(SUFFIX) && event[key as keyof typeof event]);
    if (kind === undefined || kind.startsWith('workflowTask')) return [];
    const {
      activityTaskScheduledEventAttributes: scheduled,
      workflowExecutionSignaledEventAttributes: signal,
    } = event;
    if (scheduled) activities.set(String(event.eventId), scheduled.activityType?.name ?? '');
    const attributes = event[kind as keyof typeof event] as { readonly scheduledEventId?: unknown };
    const of =
      activities.get(String(scheduled ? event.eventId : attributes.scheduledEventId)) ??
      signal?.signalName ??
      '';
    const words = kind.slice(0, -SUFFIX.length).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return [{ at: tsToMs(event.eventTime), what: `${words} ${of}`.trim() }];
  });
}
