/** Sees that a gateway works on both routers, and records what was seen. */
import { ApplicationFailure } from '@temporalio/workflow';
import { LENGTHS, oneLine, seenText, vrrpTimeText } from '../gateway/display.ts';
import { isMonitored } from '../gateway/jobs.ts';
import { stepOf } from '../gateway/outcomes.ts';
import type { Observation, Plan } from '../gateway/plan.ts';
import type { Role } from '../gateway/resource.ts';
import { activities } from './activities.ts';
import type { Trial } from './pair-requests.ts';
import type { ProgressLog } from './progress-log.ts';
import { failureTypeOf, isCancelled, reasonOf } from './reason.ts';
import type { Shield } from './shield.ts';

/**
 * Records the stack and polls at the same time, because the polls don't need the stack's record. If the record can't be written, the polls
 * are cancelled.
 */
export async function recordAndPoll(
  plan: Plan,
  log: ProgressLog,
  shield: Shield,
  trial: Trial,
): Promise<readonly Observation[]> {
  const recording = log.step('record', 'etcd', () => activities.recordStack(stepOf(plan)));
  const polling = shield.interruptible(() => seeWorking(plan, log, trial), recording);
  const [recorded, polled] = await Promise.allSettled([recording, polling]);
  if (recorded.status === 'rejected') throw recorded.reason;
  if (polled.status === 'rejected') throw polled.reason;
  return polled.value;
}

/**
 * Resolves to what was seen of `after` on both routers. After a deletion there is nothing to see. A gateway of a kind without monitoring is not looked
 * at.
 */
export async function seeWorking(
  plan: Plan,
  log: ProgressLog,
  trial: Trial | undefined,
): Promise<readonly Observation[]> {
  return plan.action === 'delete' || !isMonitored(plan.jobs) ? [] : pollBoth(plan, log, 'after', trial);
}

/**
 * What the failure of a change says of the version that stands again. `undefined`: no version stands. `trial`: absent if no
 * router can have carried the change; then nobody looks whether the old version works. It is empty if the saga never heard of the trial. Nobody looks either
 * once a newer version is wanted in its place.
 */
export async function seenAgain(
  plan: Plan,
  log: ProgressLog,
  shield: Shield,
  trial: Partial<Trial> | undefined,
): Promise<string | undefined> {
  const { standing } = plan;
  if (standing === null) return undefined;
  if (trial === undefined) return `version ${standing} stands`;
  if (!isMonitored(plan.jobs)) return `version ${standing} stands again`;
  try {
    await shield.untilSuperseded(() => pollBoth(plan, log, 'before', trial));
    return `version ${standing} stands again, and was seen working`;
  } catch (error) {
    if (shield.isSuperseded) return `version ${standing} stands again`;
    return `version ${standing} stands again, but was not seen working: ${reasonOf(error)}`;
  }
}

/** Lets both polls run to their ends, so that a failure can report both routers. */
async function pollBoth(
  plan: Plan,
  log: ProgressLog,
  end: 'before' | 'after',
  { vrrp }: Partial<Trial> = {},
): Promise<readonly Observation[]> {
  if (vrrp !== undefined) log.tell({ vrrp });
  const limit =
    vrrp === undefined
      ? {}
      : {
          limitMs: vrrp.limitMs,
          ...(vrrp.holdMs !== undefined && { holdMs: vrrp.holdMs }),
          ...(vrrp.others !== undefined && { others: vrrp.others }),
        };
  const expected = vrrp === undefined ? '' : `, ${vrrpTimeText(vrrp)}`;
  const poll = (role: Role) => {
    const { id, name } = plan.routers[role];
    return log.step(
      `poll ${role}`,
      role === 'primary' ? `${name}${expected}` : name,
      () => activities.poll({ ...stepOf(plan), role, router: id, end, ...limit }, name),
      (seen) => seenText(seen),
    );
  };
  const outcomes = await Promise.allSettled([poll('primary'), poll('secondary')]);
  const failed = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  const [first] = failed;
  if (first === undefined)
    return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (failed.some(isCancelled)) throw failed.find(isCancelled);
  throw ApplicationFailure.nonRetryable(
    oneLine(failed.map(reasonOf).join('; '), LENGTHS.message),
    failureTypeOf(first),
  );
}
