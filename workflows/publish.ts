/** The last step of a saga that has made, found or skipped its change: it publishes that. */
import { seenText } from '../gateway/display.ts';
import { stepOf } from '../gateway/outcomes.ts';
import type { GatewayResult, Observation, Plan } from '../gateway/plan.ts';
import { activities } from './activities.ts';
import { changed, madeBefore } from './ends.ts';
import { revertLeftover } from './leftover.ts';
import type { ProgressLog } from './progress-log.ts';
import type { Shield } from './shield.ts';

/** The routers carry what the configuration asks for already, so only evidence is taken. Once that is published, a cancel changes nothing. */
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
  return changed(plan, seen, log);
}

export async function publish(
  plan: Plan,
  log: ProgressLog,
  seen: readonly Observation[],
): Promise<GatewayResult> {
  await log.step('publish', 'etcd', () =>
    activities.publishCompleted({ ...stepOf(plan), seen, jobs: plan.jobs }, plan.action),
  );
  return changed(plan, seen, log);
}

export async function publishKept(
  kept: Pick<Plan, 'gateway' | 'action' | 'searchAttributes'>,
  log: ProgressLog,
): Promise<GatewayResult> {
  await log.step('publish', 'etcd', () => activities.publishKept(kept.gateway));
  return madeBefore(kept, log);
}

/** `replan`: what an earlier run has left is kept by now, and perhaps stands. */
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
