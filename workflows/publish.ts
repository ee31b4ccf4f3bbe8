/** The last step of a saga whose change was made, by this run or an earlier one, or was not needed: the saga publishes that. */
import { seenText } from '../gateway/display.ts';
import { stepOf } from '../gateway/outcomes.ts';
import type { GatewayResult, Observation, Plan } from '../gateway/plan.ts';
import { activities } from './activities.ts';
import { changeMade, madeBefore } from './ends.ts';
import { revertLeftover } from './leftover.ts';
import type { ProgressLog } from './progress-log.ts';
import type { Shield } from './shield.ts';

/**
 * Publishes an update without a difference. Both routers carry already what the configuration asks for, so the saga only looks whether the gateway
 * works. Once that is published, a cancel changes nothing.
 */
export async function publishUnchanged(plan: Plan, log: ProgressLog, shield: Shield): Promise<GatewayResult> {
  const { primary, secondary } = plan.routers;
  const names = `${primary.name}, ${secondary.name}`;
  const input = {
    ...stepOf(plan),
    routers: { primary: primary.id, secondary: secondary.id },
    jobs: plan.jobs,
  };
  const seen = await log.step(
    'see and publish',
    names,
    () => shield.interruptible(() => activities.publishUnchanged(input, names)),
    (observations) => observations.map((seen) => seenText(seen)).join(', '),
  );
  return changeMade(plan, seen, log);
}

export async function publish(
  plan: Plan,
  log: ProgressLog,
  seen: readonly Observation[],
): Promise<GatewayResult> {
  await log.step('publish', 'etcd', () =>
    activities.publishCompleted({ ...stepOf(plan), seen, jobs: plan.jobs }, plan.action),
  );
  return changeMade(plan, seen, log);
}

export async function publishKept(
  kept: Pick<Plan, 'gateway' | 'action' | 'searchAttributes'>,
  log: ProgressLog,
): Promise<GatewayResult> {
  await log.step('publish', 'etcd', () => activities.publishKept(kept.gateway));
  return madeBefore(kept, log);
}

/**
 * Publishes that nothing of a deleted gateway stands. Resolves to `replan` if the change that an earlier run has left is kept by now: then perhaps
 * something stands after all.
 */
export async function publishNothing(
  { gateway, replaces }: Pick<Plan, 'gateway' | 'replaces'>,
  log: ProgressLog,
): Promise<'published' | 'replan'> {
  const input = { ...gateway, ...(replaces !== undefined && { replaces }) };
  for (;;) {
    const outcome = await log.step('publish', 'etcd', () => activities.publishNothing(input));
    if (outcome.kind === 'published') return 'published';
    if ((await revertLeftover(gateway.resourceId, outcome.left, log)) === 'kept') return 'replan';
  }
}
