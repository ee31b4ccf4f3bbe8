/** Looks at one router until it does what the gateway's configuration promises, or until the time limit has passed. */
import { CancelledFailure, activityInfo, cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import { FAILURES } from '../../gateway/failures.ts';
import type { PollInput } from '../../gateway/outcomes.ts';
import type { Observation } from '../../gateway/plan.ts';
import { AuthenticationError, HostKeyError, NetconfError } from '../../netconf/errors.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { heartbeating } from '../heartbeat.ts';
import { withLease } from '../router/router-sessions.ts';
import { observe } from '../router/observe.ts';
import { RefusedError } from '../refused.ts';
import { refusalOf } from './not-owned.ts';
import { targetOf } from '../router/router-target.ts';

/** Resolves to what was seen. Fails with `NotConverged` if the router is not as promised in time. */
export function polling(deps: Dependencies) {
  return (input: PollInput): Promise<Observation> => heartbeating(() => classified(() => poll(deps, input)));
}

async function poll(
  { store, routers, policy }: Dependencies,
  { gateway, role, router }: PollInput,
): Promise<Observation> {
  const [record, { name, target }] = await Promise.all([
    store.planRecord(gateway),
    targetOf(store.snapshot(), router),
  ]);
  const planned = record?.routers[role];
  if (planned?.id !== router) throw refusalOf({ kind: record === undefined ? 'gone' : 'void' }, gateway);
  const { after } = planned;
  if (after === null)
    throw new RefusedError(
      FAILURES.Internal,
      'expected a change that leaves something to see, got one to nothing',
    );
  const end = activityInfo().scheduledTimestampMs + policy.vrrpLimitMs;
  for (let looks = 1; ; looks += 1) {
    const seen = await withLease(routers, target, (session) => observe(session, after, role)).catch(
      (error: unknown) => {
        // These errors end the attempt at once. Looking on would try a refused login every time, which could lock the account, and a host
        // key does not mend itself.
        if (error instanceof AuthenticationError || error instanceof HostKeyError) throw error;
        if (error instanceof NetconfError) return { missing: error.message };
        throw error;
      },
    );
    if (!('missing' in seen)) return { role, router: name, at: new Date().toISOString(), ...seen };
    heartbeat({ looks, seen: seen.missing });
    if (cancellationSignal().aborted) throw new CancelledFailure('cancelled while polling');
    if (Date.now() + policy.vrrpIntervalMs > end) {
      throw new RefusedError(
        FAILURES.NotConverged,
        `${name} (${role}): ${seen.missing} after ${Math.round(policy.vrrpLimitMs / 1000)} s`,
      );
    }
    await sleep(policy.vrrpIntervalMs);
  }
}
