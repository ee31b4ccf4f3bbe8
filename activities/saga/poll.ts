/** Looks at one router until it does what the gateway's configuration promises, or until the time limit has passed. */
import { CancelledFailure, activityInfo, cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import { oneLine } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { PollInput } from '../../gateway/outcomes.ts';
import type { Observation } from '../../gateway/plan.ts';
import { AuthenticationError, HostKeyError, NetconfError } from '../../netconf/errors.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { heartbeating } from '../heartbeat.ts';
import { withLease } from '../router/router-sessions.ts';
import { serverClock } from '../server-clock.ts';
import { observe } from '../router/observe.ts';
import { RefusedError } from '../refused.ts';
import { refusalOf } from './not-owned.ts';
import { targetOf } from '../router/router-target.ts';

/** Resolves to what was seen. Fails with `NotConverged` if the router is not as promised in time. */
export function polling(deps: Dependencies) {
  return (input: PollInput): Promise<Observation> => heartbeating(() => classified(() => poll(deps, input)));
}

async function poll(
  { store, routers }: Dependencies,
  { gateway, role, router }: PollInput,
): Promise<Observation> {
  const [record, { name, target }] = await Promise.all([
    store.planRecord(gateway),
    targetOf(store.snapshot(), router),
  ]);
  const planned = record?.routers[role];
  if (record === undefined || planned?.id !== router)
    throw refusalOf({ kind: record === undefined ? 'gone' : 'void' }, gateway);
  const { limits } = record;
  const { after } = planned;
  if (after === null)
    throw new RefusedError(
      FAILURES.Internal,
      'expected a change that leaves something to see, got one to nothing',
    );
  const info = activityInfo();
  const now = serverClock(info);
  const end = info.scheduledTimestampMs + limits.vrrpLimitMs;
  for (let looks = 1; ; looks += 1) {
    const seen = await withLease(routers, target, (session) => observe(session, after, role)).catch(
      (error: unknown) => {
        // These errors end the attempt at once. Looking on would try a refused login every time, which could lock the account, and a host
        // key does not mend itself.
        if (error instanceof AuthenticationError || error instanceof HostKeyError) throw error;
        if (error instanceof NetconfError) return { missing: oneLine(error.message) };
        throw error;
      },
    );
    if (!('missing' in seen)) return { role, router: name, at: new Date(now()).toISOString(), ...seen };
    heartbeat({ looks, seen: seen.missing });
    if (cancellationSignal().aborted) throw new CancelledFailure('cancelled while polling');
    if (now() + limits.vrrpIntervalMs > end) {
      throw new RefusedError(
        FAILURES.NotConverged,
        `${name} (${role}): ${seen.missing} after ${Math.round(limits.vrrpLimitMs / 1000)} s`,
      );
    }
    await sleep(limits.vrrpIntervalMs);
  }
}
