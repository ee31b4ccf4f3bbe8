/** Reverts members on each router separately: a router that can't be reached does not keep the other one waiting. */
import type { PairMember } from '../../pair/messages.ts';
import type { RouterRecord } from '../../pair/router-record.ts';
import type { Fence, ReservationRef } from '../../etcd/pair-store.ts';
import { NetconfError } from '../../netconf/errors.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import { messageOf } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { NotNowError, RefusedError } from '../refused.ts';
import { activityCallOf } from '../router/attempt-context.ts';
import type { AttemptContext } from '../router/attempt-context.ts';
import { OvertakenError } from '../router/fence.ts';
import type { Family } from '../router/family.ts';
import { busy } from '../router/lock.ts';
import { LockedRouter } from '../router/locked-router.ts';
import { isBefore } from '../router/presence.ts';
import { withRouterSessions } from '../router/router-sessions.ts';
import type { Attempt, RouterSession, UnreachableRouter } from '../router/router-sessions.ts';
import { settleRouter } from '../router/settle-router.ts';
import { reasonOn, stillUnreadable } from './conflicts.ts';
import { changesOn, inverse, isFinal, isOursOn, mayBeOurs, readBatch, secretsOn } from './members.ts';
import type { PlannedMember } from './members.ts';
import { payOwedChanges } from './pay-owed-changes.ts';
import { readFamilies } from './read-family.ts';
import { record } from './record.ts';
import type { MemberResults, RouterResult } from './record.ts';
import { noteOn } from './settle-plan.ts';
import type { Fate } from './settle-plan.ts';

const NO_RESULT: Omit<RouterResult, 'router'> = {
  before: new Set(),
  owed: new Set(),
  notes: new Map(),
  secrets: new Map(),
};

export interface RevertOptions {
  /** `true`: what can't be reverted now becomes an owed change. `false`: the error is thrown, and the revert is tried again. */
  readonly mayOwe: boolean;
}

/**
 * Takes a new "fencing token" (T3) first, which voids all earlier ones. So if none of these members is ours on a router, that router
 * carries nothing of them, and no earlier attempt can change that: no session is opened on it. A member that an earlier attempt has kept since its plan
 * was read stays ("settled state stays", T10).
 */
export async function revertMembers(
  deps: Dependencies,
  context: AttemptContext,
  { reservation, routers }: ReservationRef,
  planned: readonly PlannedMember[],
  options: RevertOptions,
): Promise<MemberResults> {
  if (planned.length === 0) return [];
  const issued = await deps.store.issueToken({ reservation, routers }, {}, activityCallOf(context));
  if (issued.kind !== 'issued') throw new OvertakenError(reservation, issued.kind);
  const { records } = issued;
  const gone = planned.filter((one) => !records.some((record) => mayBeOurs(record, one)));
  const kept = await keptOf(deps, routers, gone);
  const open = planned.filter(({ member }) => !kept.includes(member));
  const ids = routers.filter((_, index) =>
    open.some((one) => mayBeOurs(records[index] as RouterRecord, one)),
  );
  const end = (member: PairMember, fate: Fate) => ({ member, fate, owedOn: [] });
  const reverted =
    ids.length === 0
      ? open.map(({ member }) => end(member, { kind: 'reverted', reason: null }))
      : await withRouterSessions(
          deps,
          context,
          { reservation, routers },
          (attempt) => revertOnEach(deps, context, attempt, open, options),
          { ids },
        );
  return [...reverted, ...kept.map((member) => end(member, { kind: 'kept' }))];
}

/** Which of these members the records say are permanent by now. */
async function keptOf(
  { store }: Dependencies,
  routers: readonly [string, string],
  gone: readonly PlannedMember[],
): Promise<readonly PairMember[]> {
  if (gone.length === 0) return [];
  const members = gone.map(({ member }) => member);
  const { planned } = await readBatch(store, routers, members, { ofNewerRuns: true });
  return planned.filter(isFinal).map(({ member }) => member);
}

async function revertOnEach(
  deps: Dependencies,
  { signal }: AttemptContext,
  { fence, sessions, unreachable }: Attempt,
  planned: readonly PlannedMember[],
  { mayOwe }: RevertOptions,
): Promise<MemberResults> {
  const members = planned.map(({ member }) => member);
  const family = await readFamilies(deps.store, planned, sessions);
  const reverted = await allSettledOrThrow(
    sessions.map(async (session) => {
      try {
        return await revertOn(deps, fence, session, { planned, family: family(session.id) });
      } catch (error) {
        if (!mayOwe || signal.aborted || !mayBeOwed(error)) throw error;
        return owedOn({ ...session, error }, planned);
      }
    }),
  );
  const results = [
    ...reverted,
    ...unreachable.map((router) => {
      const isOwing = ours(router, planned).length > 0;
      if (isOwing && !(mayOwe && mayBeOwed(router.error))) throw router.error;
      return owedOn(router, planned);
    }),
  ];
  const fates = new Map(
    members.map((member): [PairMember, Fate] => {
      const reason = results.map(({ notes }) => notes.get(member)).find((note) => note !== undefined);
      return [member, { kind: 'reverted', reason: reason ?? null }];
    }),
  );
  return record(deps, fence, planned, fates, results);
}

async function revertOn(
  { store }: Dependencies,
  fence: Fence,
  session: RouterSession,
  { planned, family }: { readonly planned: readonly PlannedMember[]; readonly family: Family },
): Promise<RouterResult> {
  const own = ours(session, planned);
  // None of these members is ours on this router, so there is nothing to revert.
  if (own.length === 0) return { ...NO_RESULT, router: session };
  const changes = changesOn(own, session.id);
  const router = await LockedRouter.lock(session, [...changes, ...session.record.owedChanges], { family });
  try {
    if (router.look.pending.kind === 'owed') await payOwedChanges(store, fence, router);
    const known = new Set(own.filter((one) => isOursOn(router, one)).map(({ member }) => member));
    const standing = changes.filter(
      (change) => known.has(change.member) && !isBefore(router.presence(change)),
    );
    const notes = new Map(
      changes.flatMap((change) => {
        const view = { name: session.name, presence: () => router.presence(change) };
        const note = noteOn([view], change.member);
        return note === null ? [] : [[change.member, note] as const];
      }),
    );
    const { refused } = await settleRouter(store, fence, router, {
      changes: standing.map(inverse),
      trial: changes.filter(({ member }) => known.has(member)).map(inverse),
      keepsRest: false,
    });
    const owed = new Set([...refused.keys()].map(({ member }) => member));
    for (const [{ member }, error] of refused) notes.set(member, reasonOn(session.name, error));
    for (const [member, why] of stillUnreadable(router, standing)) {
      owed.add(member);
      notes.set(member, why);
    }
    const returned = changes.find(
      (change) => known.has(change.member) && !owed.has(change.member) && !isBefore(router.presence(change)),
    );
    if (returned !== undefined) throw busy(session, `${returned.member.name} came back meanwhile`);
    const before = changes.map(({ member }) => member).filter((member) => !owed.has(member));
    return { router: session, before: new Set(before), owed, notes, secrets: secretsOn(router, changes) };
  } finally {
    await router.unlock();
  }
}

/** The result for a router that could not be looked at or settled: it owes the inverse change of every member that is ours on it. */
function owedOn(
  router: (RouterSession & { readonly error: unknown }) | UnreachableRouter,
  planned: readonly PlannedMember[],
): RouterResult {
  const owed = new Set(ours(router, planned).map(({ member }) => member));
  const why = messageOf(router.error);
  const notes = new Map([...owed].map((member) => [member, why]));
  return { ...NO_RESULT, router, owed, notes };
}

function ours(
  { record: found }: Pick<RouterSession, 'record'>,
  planned: readonly PlannedMember[],
): readonly PlannedMember[] {
  return planned.filter((one) => mayBeOurs(found, one));
}

/**
 * Whether the error comes from the router, which is unreachable, is busy, or refuses. After any other error, such as a defect or an outage
 * of etcd, nothing becomes owed.
 */
function mayBeOwed(error: unknown): boolean {
  if (error instanceof OvertakenError) return false;
  return [NetconfError, NotNowError, RefusedError].some((kind) => error instanceof kind);
}
