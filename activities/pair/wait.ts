/**
 * Waiting for routers that somebody is at, or that are away: with a growing interval, and with what is in the way on display. Only where
 * nothing was permitted yet: what may stand on a router is looked for until it is known.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledFailure } from '@temporalio/activity';
import { FAILURES } from '../../gateway/failures.ts';
import type {
  ApplyInput,
  ApplyOutcome,
  AwaitRoutersInput,
  AwaitRoutersOutcome,
  Blocked,
} from '../../pair/transactions.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import { sort } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { apply } from './apply.ts';
import type { AttemptContext } from '../router/attempt-context.ts';
import { LockedRouter } from '../router/locked-router.ts';
import { isOurs, isPermitted, readBatch } from './members.ts';
import { withRouterSessions } from '../router/router-sessions.ts';

/** Applies, or tells what is in the way where nothing came of it, which is no failure of the activity. */
export async function applyOrWait(
  deps: Dependencies,
  here: AttemptContext,
  input: ApplyInput,
): Promise<ApplyOutcome | Blocked> {
  try {
    return await apply(deps, here, input);
  } catch (error) {
    // Past the attempt's number all older ones are void; and this one ends here.
    if (here.signal.aborted || !isInTheWay(error, here) || (await isPermitted(deps, input))) throw error;
    return { kind: 'blocked', why: wordsOf(error) };
  }
}

/** Looks whether both can be had: at once back when the reason is news, else after a while. */
export async function awaitRouters(
  deps: Dependencies,
  here: AttemptContext,
  { known, since, ...held }: AwaitRoutersInput,
): Promise<AwaitRoutersOutcome> {
  const patience = since + deps.policy.patienceMs;
  const until = Math.min(Date.now() + PAIR_TIMES.reservationWaitMs, patience);
  for (;;) {
    const next = Math.min(Date.now() + intervalAfter(Date.now() - since), patience);
    await pause(next - Date.now(), here.signal);
    if (Date.now() >= patience) return { kind: 'try' };
    const why = await hindrance(deps, here, held);
    if (why === null) return { kind: 'try' };
    if (why !== known || Date.now() >= until) return { kind: 'blocked', why };
  }
}

async function hindrance(
  deps: Dependencies,
  here: AttemptContext,
  held: Parameters<typeof withRouterSessions>[2],
): Promise<string | null> {
  try {
    await withRouterSessions(deps, here, held, async ({ sessions: sides, unreachable: away }) => {
      if (away[0] !== undefined) throw away[0].error;
      await allSettledOrThrow(sides.map(async (side) => (await LockedRouter.take(side, [])).unlock()));
    });
    return null;
  } catch (error) {
    if (here.signal.aborted) throw error;
    // Whatever else it is, applying finds out, and knows what to do.
    return isInTheWay(error, here) ? wordsOf(error) : null;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(Math.max(ms, 0), undefined, { signal });
  } catch {
    throw new CancelledFailure('cancelled while waiting for a router');
  }
}

/** Each time a third longer than all before it, 0.3 to 10 s, and never in step with somebody else's. */
function intervalAfter(waited: number): number {
  return Math.min(Math.max(waited / 3, 300), 8_000) * (1 + Math.random() / 4);
}

function isInTheWay(error: unknown, { attempt }: AttemptContext): boolean {
  const { type, again } = sort(error, () => attempt);
  return again && (type === FAILURES.RouterBusy || type === FAILURES.RouterUnreachable);
}

async function isPermitted({ store }: Dependencies, { routers, members }: ApplyInput): Promise<boolean> {
  const records = await Promise.all(routers.map((id) => store.router(id)));
  // Whatever became of its plan meanwhile.
  if (members.some((member) => records.some((record) => isPermitted(record, member)))) return true;
  const { planned } = await readBatch(store, routers, members);
  return planned.some((one) => records.some((record) => isOurs(record, one)));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
