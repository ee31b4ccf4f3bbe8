/**
 * The rest of the saga of a deletion that one router makes while the named one owes it. Once it has begun, a cancel changes nothing: only a look at the
 * router that makes it tells how it ends. So the saga waits for that, however long it takes.
 */
import { sleep } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import { stepOf } from '../gateway/outcomes.ts';
import type { OwedDeletionOutcome } from '../gateway/outcomes.ts';
import type { GatewayResult, OweRequest, Plan } from '../gateway/plan.ts';
import { ROLES } from '../gateway/resource.ts';
import { activities } from './activities.ts';
import { changed } from './ends.ts';
import type { ProgressLog } from './progress-log.ts';
import { failureTypeOf } from './reason.ts';
import type { Shield } from './shield.ts';

/** Pause after a failure that says nothing of how the deletion ended. */
const AGAIN_MS = 30_000;

export async function deleteWithout(
  plan: Plan,
  owe: OweRequest,
  log: ProgressLog,
  shield: Shield,
): Promise<GatewayResult> {
  const both = ROLES.map((role) => plan.routers[role]);
  const named = both.find(({ id }) => id === owe.router) ?? plan.routers.primary;
  const first = both.find(({ id }) => id !== owe.router) ?? plan.routers.secondary;
  const routers = [first.id, named.id].sort() as [string, string];
  const input = { ...stepOf(plan), owe, routers };
  await log.step('record', 'etcd', () => activities.recordStack(stepOf(plan)));
  shield.throwIfStopped();
  await log.step('owe', `${first.name}, etcd`, () => activities.oweDeletion(input, named.name));
  const { isDropped } = await log.step('delete', first.name, () =>
    untilDecided(() => activities.awaitOwedDeletion(input, first.name)),
  );
  await log.step('publish', 'etcd', () =>
    activities.publishCompleted({ ...stepOf(plan), seen: [], jobs: plan.jobs }, plan.action),
  );
  const is = isDropped ? 'dropped' : 'owed';
  return changed(plan, [], log, { router: named.id, name: named.name, is });
}

async function untilDecided(
  wait: () => Promise<OwedDeletionOutcome>,
): Promise<Extract<OwedDeletionOutcome, { kind: 'kept' }>> {
  for (;;) {
    try {
      const outcome = await wait();
      if (outcome.kind === 'kept') return outcome;
    } catch (error) {
      if (failureTypeOf(error) !== FAILURES.StoreCorrupt) throw error;
      await sleep(AGAIN_MS);
    }
  }
}
