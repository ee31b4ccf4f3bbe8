/** Takes gateways off routers, each for itself: one that is away doesn't keep the other one waiting. */
import type { PairMember } from '../../pair/messages.ts';
import type { RouterRecord } from '../../pair/transactions.ts';
import { NetconfError } from '../../netconf/errors.ts';
import { both } from '../all-settled.ts';
import type { Dependencies } from '../dependencies.ts';
import { NotNowError, RefusedError } from '../refused.ts';
import { callOf } from '../router/attempt-context.ts';
import type { Here } from '../router/attempt-context.ts';
import { leaving } from '../router/reverting.ts';
import { busy } from '../router/lock.ts';
import { LockedRouter } from '../router/locked-router.ts';
import { carriedBy, isOurs } from './members.ts';
import type { Planned } from './members.ts';
import { OvertakenError } from '../router/fence.ts';
import { payDebts } from './pay-owed-changes.ts';
import { record } from './record.ts';
import type { Ends, RouterEnd } from './record.ts';
import { wordsOf } from './rejections.ts';
import { settleRouter } from './settle-router.ts';
import { noteOn } from './settle-plan.ts';
import type { Fate } from './settle-plan.ts';
import { withSides } from '../router/router-sessions.ts';
import type { Away, Begun, Held, Side } from '../router/router-sessions.ts';

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
  here: Here,
  held: Held,
  planned: readonly Planned[],
  options: CleanOptions,
): Promise<Ends> {
  if (planned.length === 0) return [];
  const { turn, routers } = held;
  const begun = await deps.store.beginTurnAttempt({ turn, routers }, {}, callOf(here));
  if (begun.kind !== 'begun') throw new OvertakenError(turn, begun.kind);
  const ids = routers.filter((_, index) =>
    planned.some((one) => isOurs(begun.records[index] as RouterRecord, one)),
  );
  if (ids.length === 0) {
    return planned.map(({ member }) => ({ member, fate: { kind: 'gone', reason: null }, owed: [] }));
  }
  return withSides(deps, here, held, (sides) => clean(deps, here, sides, planned, options), ids);
}

async function clean(
  deps: Dependencies,
  { signal }: Here,
  begun: Begun,
  planned: readonly Planned[],
  { owing }: CleanOptions,
): Promise<Ends> {
  await leaving(
    deps.store,
    begun.attempt,
    planned.map(({ member }) => member),
  );
  const cleanOr = async (side: Side) => {
    try {
      return await cleanRouter(deps, begun, side, planned);
    } catch (error) {
      if (!owing || signal.aborted || !isOwable(error)) throw error;
      return owedBy({ ...side, error }, planned);
    }
  };
  const leave = (away: Away) => {
    if (ours(away, planned).length > 0 && !(owing && isOwable(away.error))) throw away.error;
    return owedBy(away, planned);
  };
  const cleaned = await both(begun.sides.map(cleanOr));
  const ends = [...cleaned, ...begun.away.map(leave)];
  const fates = new Map(
    planned.map(({ member }): [PairMember, Fate] => {
      const reason = ends.map(({ notes }) => notes.get(member)).find((note) => note !== undefined);
      return [member, { kind: 'gone', reason: reason ?? null }];
    }),
  );
  return record(deps, begun.attempt, planned, fates, ends);
}

async function cleanRouter(
  { store }: Dependencies,
  { attempt }: Begun,
  side: Side,
  planned: readonly Planned[],
): Promise<RouterEnd> {
  const own = ours(side, planned);
  // No commit was ever permitted there.
  if (own.length === 0) return { side, absent: new Set(), owed: new Set(), notes: new Map() };
  const carried = carriedBy(own, side.id);
  const router = await LockedRouter.take(side, [...carried, ...side.record.debts]);
  try {
    if (router.look.pending.kind === 'owed') await payDebts(store, attempt, router);
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
    await router.release();
  }
}

/** All that a commit was ever permitted for there, unseen. */
function owedBy(router: Side | Away, planned: readonly Planned[]): RouterEnd {
  const owed = new Set(ours(router, planned).map(({ member }) => member));
  const why = 'error' in router && router.error instanceof Error ? router.error.message : 'not to be had';
  return { side: router, absent: new Set(), owed, notes: new Map([...owed].map((member) => [member, why])) };
}

function ours({ record: found }: Side | Away, planned: readonly Planned[]): readonly Planned[] {
  return planned.filter((one) => isOurs(found, one));
}

/** A router that can't be had or won't: not a defect, and not etcd. */
function isOwable(error: unknown): boolean {
  if (error instanceof OvertakenError) return false;
  return [NetconfError, NotNowError, RefusedError].some((kind) => error instanceof kind);
}
