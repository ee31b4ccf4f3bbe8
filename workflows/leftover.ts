/**
 * What an earlier run of a gateway may have left on its routers. That run's workflow is gone, and so may be their pair's: whoever
 * comes has it taken away, and tells how it ended.
 */
import { ApplicationFailure } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import { stepOf } from '../gateway/outcomes.ts';
import type { PublishFailedInput } from '../gateway/outcomes.ts';
import { activities } from './activities.ts';
import { PairRequests } from './pair-requests.ts';
import type { Requester } from './pair-requests.ts';
import type { ProgressLog } from './progress-log.ts';
import { withUndo } from './reason.ts';

/** Makes room for another plan. What was kept meanwhile is for `/state` to tell. Fails where the removal is owed. */
export async function revertLeftover(left: Requester, log: ProgressLog): Promise<void> {
  const dropped = await new PairRequests(left, log).revertNow();
  if (dropped.kind === 'reverted') await activities.forget(stepOf(left));
  if (dropped.kind !== 'owed') return;
  await publish({ ...stepOf(left), error: dropped.why, registered: true, clean: false }, log);
  throw ApplicationFailure.nonRetryable(dropped.why, FAILURES.RemovalOwed);
}

/** Says in `/state` how a saga failed: of what an earlier run may have left first, with the same words. Resolves to one line for each that is owed. */
export async function publishFailure(
  input: PublishFailedInput,
  log: ProgressLog,
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (let left = await publish(input, log); left !== undefined; left = await publish(input, log)) {
    const pair = new PairRequests({ name: left.gateway.resourceId, ...left }, log);
    const dropped = await pair.revertNow();
    if (dropped.kind === 'kept') continue;
    const owed = dropped.kind === 'owed' ? [`remove from ${pair.names}: ${dropped.why}`] : [];
    failed.push(...owed);
    const error = withUndo(input.error, owed);
    await publish({ ...stepOf(left), error, registered: true, clean: owed.length === 0 }, log);
  }
  return failed;
}

function publish(input: PublishFailedInput, log: ProgressLog) {
  return log.step('publish failure', 'etcd', () => activities.publishFailed(input));
}
