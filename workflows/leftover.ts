/**
 * Reverts what an earlier run of a gateway may have left on its routers. The workflow of that run has ended, and perhaps the workflow of
 * its pair has, too. So the next run that finds the earlier run's plan record requests the revert, and publishes how the earlier run ended.
 */
import { ApplicationFailure } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import { stepOf } from '../gateway/outcomes.ts';
import type { Leftover, PublishFailedInput } from '../gateway/outcomes.ts';
import { activities } from './activities.ts';
import { endLeftover } from './owed-deletion.ts';
import { PairRequests } from './pair-requests.ts';
import type { RevertOutcome } from './pair-requests.ts';
import type { ProgressLog } from './progress-log.ts';
import { failureTypeOf, reasonOf, withUndo } from './reason.ts';

/**
 * Reverts an earlier run, so that another plan can be registered. Resolves to `kept`, and reverts nothing, if that run's change is permanent or has
 * ended in another way: then perhaps something else stands than the plan was made from. Rejects if a router owes the inverse change. `name`: the
 * gateway's name.
 */
export async function revertLeftover(
  name: string,
  left: Leftover,
  log: ProgressLog,
): Promise<'reverted' | 'kept'> {
  const outcome = await revert(new PairRequests({ name, ...left }, log), left, log);
  if (outcome.kind === 'reverted') {
    await activities.markReverted(stepOf(left));
    return 'reverted';
  }
  if (outcome.kind !== 'owed') return 'kept';
  await publish({ ...stepOf(left), error: outcome.why, registered: true, clean: false }, log);
  throw ApplicationFailure.nonRetryable(outcome.why, FAILURES.RevertOwed);
}

/**
 * Publishes in `/state` how a saga failed. If an earlier run may have left something on its routers, that run is reverted and published
 * first, with the same reason. Resolves to one line for each router pair that owes an inverse change.
 */
export async function publishFailure(
  input: PublishFailedInput,
  log: ProgressLog,
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (let left = await publish(input, log); left !== undefined; left = await publish(input, log)) {
    const pair = new PairRequests({ name: left.gateway.resourceId, ...left }, log);
    const outcome = await revert(pair, left, log);
    if (outcome.kind === 'kept' || outcome.kind === 'complete') continue;
    const owed = outcome.kind === 'owed' ? [`revert on ${pair.names}: ${outcome.why}`] : [];
    failed.push(...owed);
    const error = withUndo(input.error, owed);
    await publish({ ...stepOf(left), error, registered: true, clean: owed.length === 0 }, log);
  }
  return failed;
}

/**
 * Requests the revert of an earlier run. If that run's records have vanished meanwhile, nobody knows what it left on the routers, and the outcome is
 * `owed`.
 */
async function revert(pair: PairRequests, left: Leftover, log: ProgressLog): Promise<RevertOutcome> {
  if (left.owe !== undefined) return endLeftover(left, left.owe, log);
  try {
    return await pair.revert();
  } catch (error) {
    if (failureTypeOf(error) !== FAILURES.RecordsGone) throw error;
    return { kind: 'owed', why: reasonOf(error) };
  }
}

function publish(input: PublishFailedInput, log: ProgressLog) {
  return log.step('publish failure', 'etcd', () => activities.publishFailed(input));
}
