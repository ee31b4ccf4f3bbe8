/**
 * Makes permanent what was seen working and reverts the rest, on both routers of a reservation: "look, act, look" (T1). If a router can't
 * be looked at within `settlePatienceMs`, it owes the inverse changes ("failed is looked at too", T6).
 */
import { FAILURES } from '../../gateway/failures.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { SettleInput, SettleOutcome } from '../../pair/transactions.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import type { Dependencies } from '../dependencies.ts';
import { NotNowError } from '../refused.ts';
import { mayGiveUp } from '../router/attempt-context.ts';
import type { AttemptContext } from '../router/attempt-context.ts';
import type { PendingCommit } from '../router/commit-history.ts';
import { foreignCommit } from '../router/lock.ts';
import { LockedRouter } from '../router/locked-router.ts';
import { isBefore } from '../router/presence.ts';
import { readAhead, withRouterSessions } from '../router/router-sessions.ts';
import type { Attempt, RouterReads, RouterSession } from '../router/router-sessions.ts';
import { awayFromDeadline, settleRouter } from '../router/settle-router.ts';
import { reasonOn, stillUnreadable } from './conflicts.ts';
import { changesOn, inverse, isFinal, isOursOn, readBatch, secretsOn } from './members.ts';
import type { PlannedMember } from './members.ts';
import { record, withoutPlan } from './record.ts';
import type { MemberResults } from './record.ts';
import { revertMembers } from './revert.ts';
import type { RevertOptions } from './revert.ts';
import { planSettle } from './settle-plan.ts';
import type { Fate, RouterView } from './settle-plan.ts';

const KEPT: Fate = { kind: 'kept' };

export async function settle(
  deps: Dependencies,
  context: AttemptContext,
  input: SettleInput,
): Promise<SettleOutcome> {
  const reads = input.confirm.length > 0 ? readAhead(deps, input.routers) : undefined;
  const confirming = await readBatch(deps.store, input.routers, input.confirm);
  // A member without a plan can't be kept, because no saga could publish it. So it is reverted.
  const orphans = confirming.unplanned.map(({ member }) => member);
  const reverting = await readBatch(deps.store, input.routers, [...input.revert, ...orphans], {
    ofNewerRuns: true,
  });
  // "Settled state stays" (T10): a member that is kept is not reverted.
  const toConfirm = [...confirming.planned, ...reverting.planned.filter(isFinal)];
  const toRevert = reverting.planned.filter((one) => !isFinal(one));
  const results = await settleMembers(deps, context, input, toConfirm, toRevert, reads);
  const of = (kind: Fate['kind']) =>
    results.filter(({ fate }) => fate.kind === kind).map(({ member }) => member);
  return {
    kept: of('kept'),
    fellBack: of('fell back'),
    reverted: [
      ...results.flatMap(({ member, fate, owedOn }) =>
        fate.kind === 'reverted' ? [{ member, reason: fate.reason, owedOn }] : [],
      ),
      ...(await withoutPlan(deps, input.routers, reverting.unplanned)),
    ],
  };
}

async function settleMembers(
  deps: Dependencies,
  context: AttemptContext,
  input: SettleInput,
  toConfirm: readonly PlannedMember[],
  toRevert: readonly PlannedMember[],
  reads: RouterReads | undefined,
): Promise<MemberResults> {
  const revert = (planned: readonly PlannedMember[], options: RevertOptions) =>
    revertMembers(deps, context, input, planned, options);
  try {
    return toConfirm.length > 0
      ? await withRouterSessions(
          deps,
          context,
          input,
          (attempt) => settleTogether(deps, attempt, toConfirm, toRevert),
          reads && { reads },
        )
      : await revert(toRevert, { mayOwe: false });
  } catch (error) {
    if (!mayGiveUp(context, error, deps.policy.settlePatienceMs, { waitsForLogin: true })) throw error;
    // The two routers can't be settled together any more. So the members to confirm are reverted as well ("split confirm", T12), except
    // those that are kept already.
    const final = toConfirm.filter(isFinal);
    const others = toConfirm.filter((one) => !final.includes(one));
    const reverted = await revert([...others, ...toRevert], { mayOwe: true });
    return [...reverted, ...final.map(({ member }) => ({ member, fate: KEPT, owedOn: [] }))];
  }
}

/** Looks at both routers before it confirms on either: a member that fell back on one router must not become permanent on the other. */
async function settleTogether(
  deps: Dependencies,
  { fence, sessions, unreachable }: Attempt,
  toConfirm: readonly PlannedMember[],
  toRevert: readonly PlannedMember[],
): Promise<MemberResults> {
  if (unreachable[0] !== undefined) throw unreachable[0].error;
  const all = [...toConfirm, ...toRevert];
  const routers: LockedRouter[] = [];
  try {
    await allSettledOrThrow(
      sessions.map(async (session) => {
        routers.push(
          await LockedRouter.lock(session, changesOn(all, session.id), { mayDisturb: assertMayConfirm }),
        );
      }),
    );
    // A gateway that is kept already is left as it is on the router, even if somebody has changed it since.
    const final = toConfirm.filter(isFinal);
    const open = all.filter((one) => !final.includes(one));
    const plan = planSettle(
      routers.map((router) => viewOf(router, all)),
      membersOf(toConfirm.filter((one) => !final.includes(one))),
      membersOf(toRevert),
    );
    const fates = new Map([...plan.fates, ...membersOf(final).map((member) => [member, KEPT] as const)]);
    const keepsRest = [...fates.values()].some(({ kind }) => kind === 'kept');
    const refused = await allSettledOrThrow(
      routers.map(async (router, index) => {
        const { id, name } = router.session;
        const reverting = changesOn(all, id).filter(({ member }) => plan.revert[index]?.has(member));
        const changes = reverting.map(inverse);
        const left = await settleRouter(deps.store, fence, router, { changes, keepsRest });
        return new Map([
          ...stillUnreadable(router, reverting),
          ...[...left].map(([{ member }, error]) => [member, reasonOn(name, error)] as const),
        ]);
      }),
    );
    assertSettled(routers, open, fates, plan.revert, refused);
    const results = routers.map((router, index) => ({
      router: router.session,
      owed: new Set(refused[index]?.keys()),
      notes: refused[index] ?? new Map<PairMember, string>(),
      secrets: secretsOn(router, changesOn(all, router.session.id)),
      before: new Set(membersOf(all).filter((member) => isBefore(viewOf(router, all).presence(member)))),
    }));
    await Promise.all(routers.map((router) => router.unlock()));
    return await record(deps, fence, all, fates, results);
  } finally {
    await Promise.all(routers.map((router) => router.unlock()));
  }
}

/**
 * Throws if the pending commit contains an owed change, or if its deadline is near. A commit with an owed change is not confirmed along
 * with this batch: it falls back, or the next batch makes the owed change ("others' pending commit", T5; "owed change", T7).
 */
function assertMayConfirm(session: RouterSession, pending: PendingCommit): void {
  if (pending.kind === 'owed') throw foreignCommit(session, pending.whose);
  awayFromDeadline(session, pending);
}

/** The second look must show the intended result. If it doesn't, a person or a deadline interfered: the next attempt looks again. */
function assertSettled(
  routers: readonly LockedRouter[],
  all: readonly PlannedMember[],
  fates: ReadonlyMap<PairMember, Fate>,
  revert: readonly ReadonlySet<PairMember>[],
  refused: readonly ReadonlyMap<PairMember, string>[],
): void {
  for (const [index, router] of routers.entries()) {
    const { presence } = viewOf(router, all);
    for (const { member } of all) {
      const found = presence(member);
      const isLost =
        fates.get(member)?.kind === 'kept' && (found.kind === 'before' || found.kind === 'absent');
      const cameBack = revert[index]?.has(member) && !refused[index]?.has(member) && !isBefore(found);
      if (isLost || cameBack) {
        const what = `${member.name} ${isLost ? 'fell back' : 'came back'} meanwhile`;
        throw new NotNowError(FAILURES.RouterBusy, `${router.session.name}: ${what}`);
      }
    }
  }
}

function viewOf(router: LockedRouter, all: readonly PlannedMember[]): RouterView {
  const { session, look } = router;
  const changes = new Map(changesOn(all, session.id).map((one) => [one.member, one]));
  return {
    name: session.name,
    pending: look.pending,
    get trials() {
      return look.trials();
    },
    presence: (member) => {
      const change = changes.get(member);
      return change === undefined ? { kind: 'before' } : router.presence(change);
    },
    isCreated: (member) => changes.get(member)?.change.before === null,
    isOurs: (member) => all.some((one) => one.member === member && isOursOn(router, one)),
  };
}

function membersOf(planned: readonly PlannedMember[]): readonly PairMember[] {
  return planned.map(({ member }) => member);
}
