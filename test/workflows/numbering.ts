/** A saga that sends requests for two runs of its gateway at one moment, as it does for what an earlier run has left. */
import { PairRequests } from '../../workflows/pair-requests.ts';
import type { Requester } from '../../workflows/pair-requests.ts';
import { ProgressLog } from '../../workflows/progress-log.ts';

export async function numbering(requester: Requester): Promise<void> {
  const log = new ProgressLog(requester.gateway);
  const own = new PairRequests(requester, log);
  const leftover = new PairRequests({ ...requester, run: 'an earlier run' }, log);
  await Promise.all([own.revert(), own.revert(), leftover.revert()]);
}
