/**
 * The rest of the saga of a deletion that only one router makes, while the router that a person has named owes it. Once the deletion has begun, a cancel
 * changes nothing: only a look at the router that makes the deletion tells how the deletion ends. If that router is away for too long, it owes the
 * inverse change, as after any revert that can't be made yet. The failure says the same if the run's plan record is gone.
 */
import { ApplicationFailure } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import { stepOf } from '../gateway/outcomes.ts';
import type { GatewayResult, OweRequest, Plan } from '../gateway/plan.ts';
import { activities } from './activities.ts';
import type { Compensation } from './compensation.ts';
import { changeMade } from './ends.ts';
import { decided, owedText, routersIn } from './owed-deletion.ts';
import type { ProgressLog } from './progress-log.ts';
import { failureTypeOf, reasonOf } from './reason.ts';
import type { Shield } from './shield.ts';

interface Work {
  readonly log: ProgressLog;
  readonly shield: Shield;
  readonly compensation: Compensation;
}

export async function deleteWithout(
  plan: Plan,
  owe: OweRequest,
  { log, shield, compensation }: Work,
): Promise<GatewayResult> {
  const { first, named, input } = routersIn(plan, owe);
  const owed = (why: string) => {
    const failure = ApplicationFailure.nonRetryable(owedText(first, why), FAILURES.RevertOwed);
    compensation.add(`revert on ${first.name}`, () => Promise.reject(failure));
  };
  await log.step('record', 'etcd', () => activities.recordStack(stepOf(plan)));
  shield.throwIfStopped();
  await log.step('owe', `${first.name}, etcd`, () => activities.oweDeletion(input, named.name));
  const outcome = await log
    .step('delete', first.name, async () => {
      const decision = await decided(first, input);
      if (decision.kind !== 'given up') return decision;
      throw ApplicationFailure.nonRetryable(decision.why, decision.type);
    })
    .catch((error: unknown) => {
      if (failureTypeOf(error) === FAILURES.RecordsGone) owed(reasonOf(error));
      throw error;
    });
  if (outcome.kind === 'owed') {
    const { type, why } = outcome;
    owed(why);
    throw ApplicationFailure.nonRetryable(why, type);
  }
  await log.step('publish', 'etcd', () =>
    activities.publishCompleted({ ...stepOf(plan), seen: [], jobs: plan.jobs }, plan.action),
  );
  const is = outcome.isDropped ? 'dropped' : 'owed';
  return changeMade(plan, [], log, { router: named.id, name: named.name, is });
}
