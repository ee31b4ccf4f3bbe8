/** A saga that asks for two runs of its gateway at one moment, as for what an earlier one has left. */
import { PairRequests } from '../../workflows/pair-requests.ts';
import type { Requester } from '../../workflows/pair-requests.ts';
import { ProgressLog } from '../../workflows/progress-log.ts';

export async function numbering(asking: Requester): Promise<void> {
  const log = new ProgressLog(asking.gateway);
  const [own, left] = [new PairRequests(asking, log), new PairRequests({ ...asking, run: 'an earlier run' }, log)];
  await Promise.all([own.revertNow(), own.revertNow(), left.revertNow()]);
}
