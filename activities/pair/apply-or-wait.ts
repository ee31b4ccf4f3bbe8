/**
 * The activities that apply, wait for routers, and settle. If somebody works on a router, or it is unreachable, `apply` resolves to what is
 * in the way, and the batch waits and shows that. It waits like this only while nothing is permitted under its reservation. Once something
 * may stand on a router, the transaction is tried again until a look has shown what stands there.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledFailure } from '@temporalio/activity';
import { FAILURES } from '../../gateway/failures.ts';
import type {
  ApplyInput,
  ApplyOutcome,
  AwaitRoutersInput,
  AwaitRoutersOutcome,
  RouterBlocked,
  SettleInput,
  SettleOutcome,
} from '../../pair/transactions.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import type { ReservationRef } from '../../etcd/pair-store.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import { failureOf, messageOf } from '../classify.ts';
import { withBatchPolicy } from '../dependencies.ts';
import type { Dependencies } from '../dependencies.ts';
import { transaction } from '../router/attempt-context.ts';
import type { AttemptContext } from '../router/attempt-context.ts';
import { LockedRouter } from '../router/locked-router.ts';
import { withRouterSessions } from '../router/router-sessions.ts';
import { apply } from './apply.ts';
import { isOurs, isPermitted, readBatch } from './members.ts';
import { settle } from './settle.ts';

export function applying(deps: Dependencies) {
  return async (input: ApplyInput): Promise<ApplyOutcome | RouterBlocked> => {
    const outcome = await transaction((context) =>
      applyOrWait(withBatchPolicy(deps, input.policy), context, input),
    );
    const members = 'applied' in outcome ? outcome.applied.length : 0;
    if (members > 0) deps.meter?.record('batchMembers', members, {});
    return outcome;
  };
}

export function awaitingRouters(deps: Dependencies) {
  return (input: AwaitRoutersInput): Promise<AwaitRoutersOutcome> =>
    transaction((context) => awaitRouters(withBatchPolicy(deps, input.policy), context, input));
}

export function settling(deps: Dependencies) {
  return (input: SettleInput): Promise<SettleOutcome> =>
    transaction((context) => settle(withBatchPolicy(deps, input.policy), context, input), {
      waitsForLogin: true,
    });
}

/** Applies. If a router is in the way and nothing was permitted, resolves to the reason instead of failing. */
export async function applyOrWait(
  deps: Dependencies,
  context: AttemptContext,
  input: ApplyInput,
): Promise<ApplyOutcome | RouterBlocked> {
  const begin = context.now();
  const { waitedMs = 0 } = input;
  let permitted: Promise<boolean> | undefined;
  // This attempt took the last fencing token, so no earlier attempt can permit anything any more. This attempt won't either, because it
  // ends then. So etcd is asked once.
  const mayWait = async (error: unknown) =>
    waitedMs < deps.policy.patienceMs &&
    !context.signal.aborted &&
    isInTheWay(error, context) &&
    !(await (permitted ??= isAnyPermitted(deps, input)));
  try {
    return await apply(deps, context, input, mayWait);
  } catch (error) {
    if (!(await mayWait(error))) throw error;
    return { kind: 'blocked', why: messageOf(error), lookedMs: Math.ceil(context.now() - begin) };
  }
}

/**
 * Looks again and again whether both routers can be reached and locked. Returns as soon as they can, or when `known` is no longer what is
 * in the way, or once a router is held, or after a while.
 */
export async function awaitRouters(
  deps: Dependencies,
  context: AttemptContext,
  { known, waitedMs, reservation, routers }: AwaitRoutersInput,
): Promise<AwaitRoutersOutcome> {
  const begin = context.now();
  const lookedMs = () => Math.ceil(context.now() - begin);
  const patienceMs = deps.policy.patienceMs - waitedMs;
  for (;;) {
    const lookMs = lookedMs();
    await pause(Math.min(intervalAfter(waitedMs + lookMs), patienceMs - lookMs), context.signal);
    const holds = await deps.store.holds(routers);
    if (holds.some((hold) => hold !== null)) return { kind: 'held', lookedMs: lookedMs() };
    if (lookedMs() >= patienceMs) return { kind: 'try', lookedMs: lookedMs() };
    const why = await inTheWay(deps, context, { reservation, routers });
    if (why === null) return { kind: 'try', lookedMs: lookedMs() };
    if (why !== known || lookedMs() >= PAIR_TIMES.reservationWaitMs)
      return { kind: 'blocked', why, lookedMs: lookedMs() };
  }
}

/** What is in the way, in words; `null`: nothing. */
async function inTheWay(
  deps: Dependencies,
  context: AttemptContext,
  reservation: ReservationRef,
): Promise<string | null> {
  try {
    await withRouterSessions(deps, context, reservation, async ({ sessions, unreachable }) => {
      if (unreachable[0] !== undefined) throw unreachable[0].error;
      await allSettledOrThrow(
        sessions.map(async (session) => (await LockedRouter.lock(session, [])).unlock()),
      );
    });
    return null;
  } catch (error) {
    if (context.signal.aborted) throw error;
    // The next `apply` will meet any other error, and handle it.
    return isInTheWay(error, context) ? messageOf(error) : null;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(Math.max(ms, 0), undefined, { signal });
  } catch {
    throw new CancelledFailure('cancelled while waiting for a router');
  }
}

/**
 * Time until the next look: a third of the time waited so far, 0.3 to 10 s. A random part keeps two workers from looking at the same
 * moments.
 */
function intervalAfter(waited: number): number {
  return Math.min(Math.max(waited / 3, 300), 8_000) * (1 + Math.random() / 4);
}

function isInTheWay(error: unknown, { attempt }: AttemptContext): boolean {
  const { type, again } = failureOf(error, () => attempt);
  return again && (type === FAILURES.RouterBusy || type === FAILURES.RouterUnreachable);
}

async function isAnyPermitted({ store }: Dependencies, { routers, members }: ApplyInput): Promise<boolean> {
  const records = await Promise.all(routers.map((id) => store.router(id)));
  // This comes before the plans are read: a member stays permitted even if another run has taken over its plan since.
  if (members.some((member) => records.some((record) => isPermitted(record, member)))) return true;
  const { planned } = await readBatch(store, routers, members);
  return planned.some((one) => records.some((record) => isOurs(record, one)));
}
