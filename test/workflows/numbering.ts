/** A saga that asks for two runs of its gateway at one moment, as for what an earlier one has left. */
import { PairAsks } from '../../workflows/pair-requests.ts';
import type { Asking } from '../../workflows/pair-requests.ts';
import { ProgressLog } from '../../workflows/progress-log.ts';

export async function stamping(asking: Asking): Promise<void> {
  const log = new ProgressLog(asking.gateway);
  const [own, left] = [new PairAsks(asking, log), new PairAsks({ ...asking, run: 'an earlier run' }, log)];
  await Promise.all([own.drop(), own.drop(), left.drop()]);
}
