/** Takes gateways off routers, each for itself: one that is away doesn't keep the other one waiting. */
import type { PairMember } from '../../pair/messages.ts';
import type { RouterRecord } from '../../pair/transactions.ts';
import { NetconfError } from '../../netconf/errors.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import type { Dependencies } from '../dependencies.ts';
import { NotNowError, RefusedError } from '../refused.ts';
import { activityCallOf } from '../router/attempt-context.ts';
import type { AttemptContext } from '../router/attempt-context.ts';
import { assertMayRevert } from '../router/reverting.ts';
import { busy } from '../router/lock.ts';
import { LockedRouter } from '../router/locked-router.ts';
import { changesOn, isOurs } from './members.ts';
import type { PlannedMember } from './members.ts';
import { OvertakenError } from '../router/fence.ts';
import { payOwedChanges } from './pay-owed-changes.ts';
import { record } from './record.ts';
import type { Ends, RouterEnd } from './record.ts';
import { wordsOf } from './rejections.ts';
import { settleRouter } from './settle-router.ts';
import { noteOn } from './settle-plan.ts';
import type { Fate } from './settle-plan.ts';
import { withRouterSessions } from '../router/router-sessions.ts';
import type { UnreachableRouter, Attempt, HeldRouters, RouterSession } from '../router/router-sessions.ts';

export interface CleanOptions {
  /** What can't be removed now is owed, instead of being tried again. */
  readonly owing: boolean;
}

/**
 * All attempts are voided first: on a router that no commit was ever permitted on for them, nothing of theirs is, nor ever will be (T3),
 * and it is not even asked.
 */
export async function cleanAttempted(
  deps: Dependencies,
  here: AttemptContext,
  held: HeldRouters,
  planned: readonly PlannedMember[],
  options: CleanOptions,
): Promise<Ends> {
  if (planned.length === 0) return [];
  const { reservation, routers } = held;
  const begun = await deps.store.issueToken({ reservation, routers }, {}, activityCallOf(here));
  if (begun.kind !== 'begun') throw new OvertakenError(reservation, begun.kind);
  const ids = routers.filter((_, index) =>
    planned.some((one) => isOurs(begun.records[index] as RouterRecord, one)),
  );
  if (ids.length === 0) {
    return planned.map(({ member }) => ({ member, fate: { kind: 'reverted', reason: null }, owed: [] }));
  }
  return withRouterSessions(deps, here, held, (sides) => clean(deps, here, sides, planned, options), ids);
}

async function clean(
  deps: Dependencies,
  { signal }: AttemptContext,
  begun: Attempt,
  planned: readonly PlannedMember[],
  { owing }: CleanOptions,
): Promise<Ends> {
  await assertMayRevert(
    deps.store,
    begun.fence,
    planned.map(({ member }) => member),
  );
  const cleanOr = async (side: RouterSession) => {
    try {
      return await cleanRouter(deps, begun, side, planned);
    } catch (error) {
      if (!owing || signal.aborted || !isOwable(error)) throw error;
      return owedBy({ ...side, error }, planned);
    }
  };
  const leave = (away: UnreachableRouter) => {
    if (ours(away, planned).length > 0 && !(owing && isOwable(away.error))) throw away.error;
    return owedBy(away, planned);
  };
  const cleaned = await allSettledOrThrow(begun.sessions.map(cleanOr));
  const ends = [...cleaned, ...begun.unreachable.map(leave)];
  const fates = new Map(
    planned.map(({ member }): [PairMember, Fate] => {
      const reason = ends.map(({ notes }) => notes.get(member)).find((note) => note !== undefined);
      return [member, { kind: 'reverted', reason: reason ?? null }];
    }),
  );
  return record(deps, begun.fence, planned, fates, ends);
}

async function cleanRouter(
  { store }: Dependencies,
  { fence: attempt }: Attempt,
  side: RouterSession,
  planned: readonly PlannedMember[],
): Promise<RouterEnd> {
  const own = ours(side, planned);
  // No commit was ever permitted there.
  if (own.length === 0) return { side, absent: new Set(), owed: new Set(), notes: new Map() };
  const carried = changesOn(own, side.id);
  const router = await LockedRouter.take(side, [...carried, ...side.record.owedChanges]);
  try {
    if (router.look.pending.kind === 'owed') await payOwedChanges(store, attempt, router);
    const stand = carried.filter((one) => router.standing(one).kind !== 'absent');
    const notes = new Map(
      carried.flatMap((one) => {
        const note = noteOn([{ name: side.name, standing: () => router.standing(one) }], one.member);
        return note === null ? [] : [[one.member, note] as const];
      }),
    );
    const refused = await settleRouter(store, attempt, router, { remove: stand, keeps: false });
    const owed = new Set([...refused.keys()].map(({ member }) => member));
    for (const [{ member }, error] of refused) notes.set(member, wordsOf(side.name, error));
    const back = carried.find((one) => !owed.has(one.member) && router.standing(one).kind !== 'absent');
    if (back !== undefined) throw busy(side, `${back.member.name} came back meanwhile`);
    const absent = new Set(carried.map(({ member }) => member).filter((member) => !owed.has(member)));
    return { side, absent, owed, notes };
  } finally {
    await router.unlock();
  }
}

/** All that a commit was ever permitted for there, unseen. */
function owedBy(router: RouterSession | UnreachableRouter, planned: readonly PlannedMember[]): RouterEnd {
  const owed = new Set(ours(router, planned).map(({ member }) => member));
  const why = 'error' in router && router.error instanceof Error ? router.error.message : 'not to be had';
  return { side: router, absent: new Set(), owed, notes: new Map([...owed].map((member) => [member, why])) };
}

function ours({ record: found }: RouterSession | UnreachableRouter, planned: readonly PlannedMember[]): readonly PlannedMember[] {
  return planned.filter((one) => isOurs(found, one));
}

/** A router that can't be had or won't: not a defect, and not etcd. */
function isOwable(error: unknown): boolean {
  if (error instanceof OvertakenError) return false;
  return [NetconfError, NotNowError, RefusedError].some((kind) => error instanceof kind);
}
