/** A workflow that asks its pair, in a hurry. */
import { ACTIVITY_TIMES } from '../../gateway/policies.ts';
import type { AskInput } from '../../activities/requests/request.ts';
import { activities } from '../../workflows/activities.ts';

Object.assign(ACTIVITY_TIMES.ask, { startToCloseTimeout: 300 });

export function asking(input: AskInput): Promise<unknown> {
  return activities.push(input);
}
