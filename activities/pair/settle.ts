/**
 * Makes permanent what was seen working and takes away the rest, on both routers of a turn: look, act, look (T1). What can't be looked
 * at for as long as patience lasts is owed (T6), and known to be owed before anybody is told.
 */
import type { PairMember } from '../../pair/messages.ts';
import type { SettleInput, SettleOutcome } from '../../pair/transactions.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import type { Dependencies } from '../dependencies.ts';
import { NotNowError } from '../refused.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { cleanAttempted } from './clean.ts';
import type { CleanOptions } from './clean.ts';
import { mayGiveUp } from '../router/attempt-context.ts';
import type { AttemptContext } from '../router/attempt-context.ts';
import { assertMayRevert } from '../router/reverting.ts';
import { foreign } from '../router/lock.ts';
import { lost } from './lost.ts';
import { LockedRouter } from '../router/locked-router.ts';
import { changesOn, isComplete, isOurs, readBatch } from './members.ts';
import type { PlannedMember } from './members.ts';
import { record } from './record.ts';
import { wordsOf } from './rejections.ts';
import type { Ends } from './record.ts';
import { awayFromDeadline, settleRouter } from './settle-router.ts';
import { planSettle } from './settle-plan.ts';
import type { Fate, View } from './settle-plan.ts';
import { withRouterSessions } from '../router/router-sessions.ts';
import type { Attempt, RouterSession } from '../router/router-sessions.ts';
import type { Pending } from '../router/commit-history.ts';

const KEPT: Fate = { kind: 'kept' };

export async function settle(deps: Dependencies, here: AttemptContext, input: SettleInput): Promise<SettleOutcome> {
  const kept = await readBatch(deps.store, input.routers, input.confirm);
  // Nobody is left who could keep it: what stands there is to go.
  const orphans = kept.unplanned.map(({ member }) => member);
  const dropped = await readBatch(deps.store, input.routers, [...input.revert, ...orphans], { ofHeirs: true });
  // T10: what `/state` promises stays.
  const keep = [...kept.planned, ...dropped.planned.filter(isComplete)];
  const drop = dropped.planned.filter((one) => !isComplete(one));
  const ends = await ended(deps, here, input, keep, drop);
  const of = (kind: Fate['kind']) =>
    ends.filter(({ fate }) => fate.kind === kind).map(({ member }) => member);
  return {
    kept: of('kept'),
    fellBack: of('again'),
    reverted: [
      ...ends.flatMap(({ member, fate, owed }) =>
        fate.kind === 'reverted' ? [{ member, reason: fate.reason, owed }] : [],
      ),
      ...(await lost(deps, input.routers, dropped.unplanned)),
    ],
  };
}

async function ended(
  deps: Dependencies,
  here: AttemptContext,
  input: SettleInput,
  keep: readonly PlannedMember[],
  drop: readonly PlannedMember[],
): Promise<Ends> {
  const cleaned = (planned: readonly PlannedMember[], options: CleanOptions) =>
    cleanAttempted(deps, here, input, planned, options);
  try {
    return keep.length > 0
      ? await withRouterSessions(deps, here, input, (begun) => together(deps, begun, keep, drop))
      : await cleaned(drop, { owing: false });
  } catch (error) {
    if (!mayGiveUp(here, error, deps.policy.settlePatienceMs, { stubborn: true })) throw error;
    // T12, T6: no hope left of having them on both. What `/state` promises stays where it is.
    const promised = keep.filter(isComplete);
    const gone = await cleaned([...keep.filter((one) => !promised.includes(one)), ...drop], { owing: true });
    return [...gone, ...promised.map(({ member }) => ({ member, fate: KEPT, owed: [] }))];
  }
}

/** Both routers are looked at before either is confirmed: what fell back on one must not be made permanent on the other. */
async function together(
  deps: Dependencies,
  begun: Attempt,
  keep: readonly PlannedMember[],
  drop: readonly PlannedMember[],
): Promise<Ends> {
  const [away] = begun.unreachable;
  if (away !== undefined) throw away.error;
  const all = [...keep, ...drop];
  const routers: LockedRouter[] = [];
  try {
    await allSettledOrThrow(
      begun.sessions.map(async (side) => {
        routers.push(await LockedRouter.take(side, changesOn(all, side.id), onlyOurs));
      }),
    );
    // What somebody has made of it since is left so (T10).
    const promised = keep.filter(isComplete);
    const open = all.filter((one) => !promised.includes(one));
    const plan = planSettle(
      routers.map((router) => viewOf(router, all)),
      membersOf(keep.filter((one) => !promised.includes(one))),
      membersOf(drop),
    );
    const fates = new Map([...plan.fates, ...membersOf(promised).map((member) => [member, KEPT] as const)]);
    const go = [...plan.fates].filter(([, { kind }]) => kind !== 'kept').map(([member]) => member);
    await assertMayRevert(deps.store, begun.fence, go);
    const keeps = [...fates.values()].some(({ kind }) => kind === 'kept');
    const refused = await allSettledOrThrow(
      routers.map(async (router, index) => {
        const remove = changesOn(all, router.session.id).filter(({ member }) => plan.remove[index]?.has(member));
        const left = await settleRouter(deps.store, begun.fence, router, { remove, keeps });
        return new Map([...left].map(([{ member }, error]) => [member, wordsOf(router.session.name, error)]));
      }),
    );
    assertSettled(routers, open, fates, plan.remove, refused);
    const results = routers.map((router, index) => ({
      side: router.session,
      owed: new Set(refused[index]?.keys()),
      notes: refused[index] ?? new Map<PairMember, string>(),
      absent: new Set(
        all
          .filter((one) => viewOf(router, all).standing(one.member).kind === 'absent')
          .map(({ member }) => member),
      ),
    }));
    await Promise.all(routers.map((router) => router.unlock()));
    return await record(deps, begun.fence, all, fates, results);
  } finally {
    await Promise.all(routers.map((router) => router.unlock()));
  }
}

/** What another turn owes is not to be confirmed along: it falls back, or is removed by who applies there next (T5, T7). */
function onlyOurs(side: RouterSession, pending: Pending): void {
  if (pending.kind === 'owed') throw foreign(side, pending.whose);
  awayFromDeadline(side, pending);
}

/** The second look: what was meant to be so is so. If not, somebody or a deadline came between: looked at anew. */
function assertSettled(
  routers: readonly LockedRouter[],
  all: readonly PlannedMember[],
  fates: ReadonlyMap<PairMember, Fate>,
  remove: readonly ReadonlySet<PairMember>[],
  refused: readonly ReadonlyMap<PairMember, string>[],
): void {
  for (const [index, router] of routers.entries()) {
    const { standing } = viewOf(router, all);
    for (const { member } of all) {
      const { kind } = standing(member);
      const isLost = fates.get(member)?.kind === 'kept' && kind === 'absent';
      const isLeft = remove[index]?.has(member) && !refused[index]?.has(member) && kind !== 'absent';
      if (isLost || isLeft) {
        const what = `${router.session.name}: ${member.name} ${isLost ? 'vanished' : 'came back'} meanwhile`;
        throw new NotNowError(FAILURES.RouterBusy, what);
      }
    }
  }
}

function viewOf(router: LockedRouter, all: readonly PlannedMember[]): View {
  const { session: side, look } = router;
  const carried = new Map(changesOn(all, side.id).map((one) => [one.member, one]));
  return {
    name: side.name,
    pending: look.pending,
    trials: look.trials,
    standing: (member) => {
      const found = carried.get(member);
      return found === undefined ? { kind: 'absent' } : router.standing(found);
    },
    isOurs: (member) => all.some((one) => one.member === member && isOurs(side.record, one)),
  };
}

function membersOf(planned: readonly PlannedMember[]): readonly PairMember[] {
  return planned.map(({ member }) => member);
}
