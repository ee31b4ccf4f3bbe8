/**
 * A deletion that one router makes while the named one, which is away for long or dead, owes it. The pair makes it as it makes all that its routers
 * owe ("owed change", T7).
 */
import { activityInfo, cancellationSignal, getClient, sleep } from '@temporalio/activity';
import type { OwedDeletionInput, OwedDeletionOutcome } from '../../gateway/outcomes.ts';
import { ACTIVITY_TIMES } from '../../gateway/policies.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { ROUTER_PAIR, wakingPair } from '../../pair/messages.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import { classified, failureOf } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { heartbeating } from '../heartbeat.ts';
import { RefusedError } from '../refused.ts';
import { nameOf, targetOf } from '../router/router-target.ts';
import { serverClock } from '../server-clock.ts';
import { refusalOf } from './not-owned.ts';

/** Begins it, once the router that is to make it can be reached. Until then nothing is written. */
export function owingDeletion(deps: Dependencies) {
  return ({ gateway, run, owe, routers }: OwedDeletionInput): Promise<void> =>
    heartbeating(() =>
      classified(async () => {
        const first = routers.find((id) => id !== owe.router) ?? '';
        if ((await deps.store.planRecord(gateway))?.owe === undefined) await reach(deps, first);
        const since = new Date().toISOString();
        const outcome = await deps.store.oweDeletion(gateway, run, { ...owe, since });
        if (outcome.kind === 'begun') return;
        if (outcome.kind !== 'owed') throw refusalOf(outcome, gateway);
        throw new RefusedError(
          FAILURES.RevertOwed,
          'one of its routers owes a change of this gateway already, so nobody knows what stands there: gateway-saga routers retire drops what a dead router owes',
        );
      }),
    );
}

async function reach({ store, routers, policy }: Dependencies, id: string): Promise<void> {
  const { target } = await targetOf(store.snapshot(), id);
  try {
    await routers.withSession(target, () => Promise.resolve(), { signal: cancellationSignal() });
  } catch (error) {
    const info = activityInfo();
    const { type, again } = failureOf(error);
    const isOver = serverClock(info)() - info.scheduledTimestampMs >= policy.patienceMs;
    if (!again || !isOver) throw error;
    const name = await nameOf(store, id);
    const why = error instanceof Error ? error.message : String(error);
    throw new RefusedError(type, `${name}, which is to make the deletion: ${why}`, { cause: error });
  }
}

/** Waits a while for the router that makes it. Fails if that router has refused it: then both carry what stood. */
export function awaitingOwedDeletion({ store }: Dependencies) {
  return ({ gateway, run, routers }: OwedDeletionInput): Promise<OwedDeletionOutcome> =>
    heartbeating(() =>
      classified(async () => {
        const until = performance.now() + ACTIVITY_TIMES.routers.startToCloseTimeout / 2;
        for (let wakeAt = 0; performance.now() < until; await sleep(PAIR_TIMES.reservationPollMs)) {
          const found = await store.owedDeletion(gateway, run);
          switch (found.kind) {
            case 'kept':
              return found;
            case 'refused':
              throw new RefusedError(found.type, found.why);
            case 'void':
            case 'gone':
              throw refusalOf(found, gateway);
            case 'undecided':
              break;
          }
          if (performance.now() < wakeAt) continue;
          await wake(routers);
          wakeAt = performance.now() + PAIR_TIMES.owedFirstMs;
        }
        return { kind: 'undecided' };
      }),
    );
}

/** The pair does not know yet that a router owes something. */
async function wake(routers: OwedDeletionInput['routers']): Promise<void> {
  await getClient().workflow.signalWithStart(ROUTER_PAIR, wakingPair(routers));
}
