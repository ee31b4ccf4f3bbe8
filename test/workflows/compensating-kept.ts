/** A saga that requests its pair to revert, as a compensation does. */
import { PairRequests } from '../../workflows/pair-requests.ts';
import type { Requester } from '../../workflows/pair-requests.ts';
import { ProgressLog } from '../../workflows/progress-log.ts';

export function compensatingKept(requester: Requester): Promise<void> {
  return new PairRequests(requester, new ProgressLog(requester.gateway)).compensate();
}
