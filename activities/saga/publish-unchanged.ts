/**
 * The rest of an update that changes nothing on the routers: records the stack, sees the gateway work on both routers, records that, and publishes.
 * One activity, because nothing is on trial: an attempt that fails can simply be made again as a whole.
 */
import { activityInfo, CancelledFailure, heartbeat } from '@temporalio/activity';
import { LENGTHS, oneLine } from '../../gateway/display.ts';
import { isMonitored } from '../../gateway/jobs.ts';
import type { UnchangedInput } from '../../gateway/outcomes.ts';
import type { Observation } from '../../gateway/plan.ts';
import { ROLES } from '../../gateway/resource.ts';
import { isComplete } from '../../etcd/state.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { heartbeating } from '../heartbeat.ts';
import { RefusedError } from '../refused.ts';
import { poll } from './poll.ts';
import { publishCompleted } from './publish.ts';
import { recordMonitoring, recordStack } from './record.ts';
import { wakeWaiters } from '../wake-waiters.ts';

/**
 * Resolves to what was seen, or to an empty list if the publication was made before the attempt failed, or by an earlier attempt whose answer was lost. Fails
 * as its parts do. A cancel ends the looks, but not what is written after them.
 */
export function publishingUnchanged(deps: Dependencies) {
  return (input: UnchangedInput): Promise<readonly Observation[]> =>
    heartbeating(() => classified(() => publishUnchanged(deps, input)));
}

async function publishUnchanged(deps: Dependencies, input: UnchangedInput): Promise<readonly Observation[]> {
  const { gateway, run, jobs } = input;
  try {
    await recordStack(deps, { gateway, run });
    const seen = isMonitored(jobs) ? await seeWorking(deps, input) : [];
    if (seen.length > 0) await recordMonitoring(deps, { gateway, run, seen });
    await publishCompleted(deps, { gateway, run, seen, jobs });
    return seen;
  } catch (error) {
    if (!isComplete(await deps.store.state(gateway), gateway)) throw error;
    // Perhaps it was published, and not all that wait were woken.
    await wakeWaiters(deps.store, gateway);
    return [];
  }
}

/** Lets both looks end, so that a failure can tell of both routers. */
async function seeWorking(
  deps: Dependencies,
  { gateway, run, routers }: UnchangedInput,
): Promise<readonly Observation[]> {
  const from = activityInfo().currentAttemptScheduledTimestampMs;
  const attempt = { from, lostMs: 0, rightMs: 0, tell: heartbeat };
  const polled = await Promise.allSettled(
    ROLES.map((role) => poll(deps, { gateway, run, role, router: routers[role] }, attempt)),
  );
  const failed = polled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failed.length > 0) throw together(failed);
  return polled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

/** Both reasons, if both routers were looked at in vain. Any other error goes before them: the attempt was cancelled, or is made again. */
function together(errors: readonly unknown[]): unknown {
  const refused = errors.filter((error) => error instanceof RefusedError);
  const [first] = refused;
  const others = errors.filter((error) => !(error instanceof RefusedError));
  if (first === undefined || others.length > 0)
    return others.find((error) => error instanceof CancelledFailure) ?? others[0];
  const message = oneLine(refused.map((error) => error.message).join('; '), LENGTHS.message);
  return new RefusedError(first.type, message);
}
