/** The last steps of a change that is on trial: see it working, confirm it, publish. */
import type { GatewayResult, Plan } from '../gateway/plan.ts';
import type { PairRequests, Trial } from './pair-requests.ts';
import type { ProgressLog } from './progress-log.ts';
import { publish } from './publish.ts';
import { recordAndPoll, seeWorking } from './see-working.ts';
import type { Shield } from './shield.ts';

export async function confirmAndPublish(
  plan: Plan,
  log: ProgressLog,
  shield: Shield,
  pair: PairRequests,
  trial: Trial,
): Promise<GatewayResult> {
  let seen = await recordAndPoll(plan, log, shield, trial);
  shield.throwIfStopped();
  // From here on a cancel changes nothing. If a router fell back before its commit was confirmed, the answer names a new trial. Then the gateway must be
  // seen working again under that trial ("named trial", M3).
  for (
    let next = await pair.confirm(trial.name, seen);
    next !== null;
    next = await pair.confirm(next.name, seen)
  ) {
    seen = await seeWorking(plan, log, next);
  }
  return publish(plan, log, seen);
}
