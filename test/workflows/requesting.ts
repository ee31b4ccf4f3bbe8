/** A workflow that asks its pair, in a hurry. */
import { ACTIVITY_TIMES } from '../../gateway/policies.ts';
import type { RequestInput } from '../../activities/requests/request.ts';
import { activities } from '../../workflows/activities.ts';

Object.assign(ACTIVITY_TIMES.request, { startToCloseTimeout: 300 });

export function asking(input: RequestInput): Promise<unknown> {
  return activities.push(input);
}
