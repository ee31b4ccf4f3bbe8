/**
 * A deletion that one router makes while the named one, which is away for long or dead, owes it. The pair makes it as it makes all that its routers
 * owe ("owed change", T7).
 */
import { activityInfo, cancellationSignal, getClient, sleep } from '@temporalio/activity';
import type { OwedDeletionInput, OwedDeletionOutcome } from '../../gateway/outcomes.ts';
import { ACTIVITY_TIMES } from '../../gateway/policies.ts';
import { oneLine } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { FailureType } from '../../gateway/failures.ts';
import type { OweRefusal } from '../../etcd/plan-record.ts';
import type { Store } from '../../etcd/store.ts';
import { ROUTER_PAIR, wakingPair } from '../../pair/messages.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import { classified, failureOf, messageOf } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { heartbeating } from '../heartbeat.ts';
import { RefusedError } from '../refused.ts';
import { isOfStore } from '../router/attempt-context.ts';
import { nameOf, namesOfPair, targetOf } from '../router/router-target.ts';
import { serverClock } from '../server-clock.ts';
import { refusalOf } from './not-owned.ts';

/** Begins the deletion, once the router that is to make it can be reached. Until then nothing is written. */
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
    throw new RefusedError(type, await whyNot(store, id, messageOf(error)), { cause: error });
  }
}

async function whyNot(store: Store, id: string, why: string): Promise<string> {
  return oneLine(`${await nameOf(store, id)}, which is to make the deletion: ${why}`);
}

/**
 * Waits a while until the router that is to make the deletion has made it, or the deletion is given up: then both routers carry what stood. If the
 * wait has lasted longer than `patienceMs`, and something is in the way (`obstacleOn`), that router owes the change that puts back what stood.
 */
export function awaitingOwedDeletion(deps: Dependencies) {
  const { store, policy } = deps;
  return ({
    gateway,
    run,
    owe,
    routers,
    since = Infinity,
  }: OwedDeletionInput): Promise<OwedDeletionOutcome> =>
    heartbeating(() =>
      classified(async () => {
        const first = routers.find((id) => id !== owe.router) ?? '';
        const now = serverClock(activityInfo());
        const until = performance.now() + ACTIVITY_TIMES.routers.startToCloseTimeout / 2;
        for (
          let wakeAt = 0, obstacleAt = 0;
          performance.now() < until;
          await sleep(PAIR_TIMES.reservationPollMs)
        ) {
          const overMs = now() - since - policy.patienceMs;
          const isDue = overMs >= 0 && performance.now() >= obstacleAt;
          const obstacle = isDue ? await obstacleOn(deps, first, overMs) : undefined;
          if (isDue) obstacleAt = performance.now() + PAIR_TIMES.owedFirstMs;
          const found =
            obstacle === undefined
              ? await store.owedDeletion(gateway, run)
              : await store.takeBackOwedDeletion(gateway, run, obstacle);
          switch (found.kind) {
            case 'kept':
              // The pair may not know that a router owes something: if a retirement has decided the deletion, the pair has not made it.
              if (!found.isDropped) await wake(store, routers).catch(throwIfPassing);
              return found;
            case 'refused':
              return { kind: found.owed ? 'owed' : 'given up', type: found.type, why: found.why };
            case 'gone':
              // What the router owes does not decide the deletion any more. The pair sees that, and has the router put back what stood.
              await wake(store, routers).catch(throwIfPassing);
              throw refusalOf(found, gateway);
            case 'void':
              throw refusalOf(found, gateway);
            case 'undecided':
              break;
          }
          if (performance.now() < wakeAt) continue;
          // A wake that is lost costs time, nothing else: another one follows.
          await wake(store, routers).catch(() => undefined);
          wakeAt = performance.now() + PAIR_TIMES.owedFirstMs;
        }
        return { kind: 'undecided' };
      }),
    );
}

/**
 * Why the router has not made the deletion, `overMs` ms after the limit. `undefined`: the router can be reached, so the pair should make the deletion
 * soon.
 */
async function obstacleOn(
  { store, routers }: Dependencies,
  id: string,
  overMs: number,
): Promise<OweRefusal | undefined> {
  const say = async (type: FailureType, why: string) => ({ type, why: await whyNot(store, id, why) });
  const { maintenance } = await store.router(id);
  if (maintenance) return say(FAILURES.RouterBusy, `it is held for maintenance: ${maintenance.reason}`);
  try {
    const { target } = await targetOf(store.snapshot(), id);
    await routers.withSession(target, () => Promise.resolve(), { signal: cancellationSignal() });
  } catch (error) {
    if (cancellationSignal().aborted || isOfStore(error)) throw error;
    return say(failureOf(error).type, messageOf(error));
  }
  if (overMs < PAIR_TIMES.owedMaxMs) return undefined;
  return say(FAILURES.RouterBusy, 'it can be reached, and has not made it');
}

function throwIfPassing(error: unknown): void {
  if (failureOf(error).again) throw error;
}

/** Wakes the pair, which may not know yet that a router owes something. */
async function wake(store: Pick<Store, 'snapshot'>, routers: OwedDeletionInput['routers']): Promise<void> {
  const names = await namesOfPair(store, routers);
  await getClient().workflow.signalWithStart(ROUTER_PAIR, wakingPair(routers, names));
}
