/** A workflow that sends its pair a request, and waits only shortly for each answer. */
import { ACTIVITY_TIMES } from '../../gateway/policies.ts';
import type { RequestInput } from '../../activities/requests/request.ts';
import { activities } from '../../workflows/activities.ts';

Object.assign(ACTIVITY_TIMES.request, { startToCloseTimeout: 300 });

export function requesting(input: RequestInput): Promise<unknown> {
  let sequence = input.request.sequence;
  const nextSequence = () => (sequence += 1);
  return activities.requestApply(input, { noteDoor: () => undefined, nextSequence });
}
