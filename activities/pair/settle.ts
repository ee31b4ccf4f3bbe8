/**
 * Makes permanent what was seen working and reverts the rest, on both routers of a reservation: "look, act, look" (T1). If a router can't
 * be looked at within `settlePatienceMs`, it owes the inverse changes ("failed is looked at too", T6).
 */
import type { PairMember } from '../../pair/messages.ts';
import type { SettleInput, SettleOutcome } from '../../pair/transactions.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import { failureOf, messageOf } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { NotNowError, RefusedError } from '../refused.ts';
import { mayGiveUp } from '../router/attempt-context.ts';
import type { AttemptContext } from '../router/attempt-context.ts';
import type { PendingState } from '../router/commit-history.ts';
import { foreignCommit } from '../router/lock.ts';
import { LockedRouter } from '../router/locked-router.ts';
import { isBefore } from '../router/presence.ts';
import { readAhead, withRouterSessions } from '../router/router-sessions.ts';
import type { Attempt, RouterReads, RouterSession } from '../router/router-sessions.ts';
import { awayFromDeadline } from '../router/settle-router.ts';
import { carryOut, viewOf } from './carry-out.ts';
import { changesOn, isFinal, readBatch, secretsOn } from './members.ts';
import type { PlannedMember } from './members.ts';
import { readFamilies } from './read-family.ts';
import { record, withoutPlan } from './record.ts';
import type { MemberResults } from './record.ts';
import { revertMembers } from './revert.ts';
import type { RevertOptions } from './revert.ts';
import type { Fate } from './settle-plan.ts';
import { wakingPaid } from './wake-paid.ts';

const KEPT: Fate = { kind: 'kept' };

export function settle(
  deps: Dependencies,
  context: AttemptContext,
  input: SettleInput,
): Promise<SettleOutcome> {
  return wakingPaid(deps, (waking) => settleBatch(waking, context, input));
}

async function settleBatch(
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
    const reason = messageOf(error);
    return [
      ...reverted.map((one) => because(one, reason, others)),
      ...final.map(({ member }) => ({ member, fate: KEPT, owedOn: [] })),
    ];
  }
}

/** Why a member was reverted that was to be confirmed, unless its own router has said why. */
function because(
  result: MemberResults[number],
  reason: string,
  toConfirm: readonly PlannedMember[],
): MemberResults[number] {
  const { member, fate } = result;
  const isUnexplained = fate.kind === 'reverted' && fate.reason === null;
  return isUnexplained && toConfirm.some((one) => one.member === member)
    ? { ...result, fate: { ...fate, reason } }
    : result;
}

/** Looks at both routers before it confirms on either: a member that fell back on one router must not become permanent on the other. */
async function settleTogether(
  deps: Dependencies,
  { fence, sessions, unreachable }: Attempt,
  toConfirm: readonly PlannedMember[],
  toRevert: readonly PlannedMember[],
): Promise<MemberResults> {
  if (unreachable[0] !== undefined) throw mayPass(unreachable[0].error, RefusedError);
  const all = [...toConfirm, ...toRevert];
  const family = await readFamilies(deps.store, all, sessions);
  const routers: LockedRouter[] = [];
  try {
    await allSettledOrThrow(
      sessions.map(async (session) => {
        const locked = LockedRouter.lock(session, changesOn(all, session.id), {
          mayDisturb: assertMayConfirm,
          family: family(session.id),
        });
        routers.push(await locked.catch((error: unknown) => Promise.reject(mayPass(error, RpcFailedError))));
      }),
    );
    // A gateway that is kept already is left as it is on the router, even if somebody has changed it since.
    const final = toConfirm.filter(isFinal);
    const open = toConfirm.filter((one) => !final.includes(one));
    const { fates: found, refused } = await carryOut(deps.store, fence, routers, {
      toConfirm: open,
      toRevert,
      hasFinal: final.length > 0,
    });
    const fates = new Map([...found, ...final.map(({ member }) => [member, KEPT] as const)]);
    const results = routers.map((router, index) => {
      const { presence } = viewOf(router, all);
      const notes = refused[index] ?? new Map<PairMember, string>();
      return {
        router: router.session,
        owed: new Set(notes.keys()),
        notes,
        secrets: secretsOn(router, changesOn(all, router.session.id)),
        before: new Set(all.map(({ member }) => member).filter((member) => isBefore(presence(member)))),
      };
    });
    await Promise.all(routers.map((router) => router.unlock()));
    return await record(deps, fence, all, fates, results);
  } finally {
    await Promise.all(routers.map((router) => router.unlock()));
  }
}

/**
 * Nothing was done yet, and the members were seen working. So a router that refuses a session, the lock or the look for an unknown reason has time until
 * `settlePatienceMs` to take them again, as has an operator who mends the router's record.
 */
function mayPass(error: unknown, refusal: typeof RefusedError | typeof RpcFailedError): unknown {
  if (!(error instanceof refusal)) return error;
  return new NotNowError(failureOf(error).type, error.message, { cause: error });
}

/**
 * Throws if the pending commit contains an owed change, or if its deadline is near. A commit with an owed change is not confirmed along
 * with this batch: it falls back, or the next batch makes the owed change ("others' pending commit", T5; "owed change", T7).
 */
function assertMayConfirm(session: RouterSession, pending: PendingState): void {
  if (pending.kind === 'owed') throw foreignCommit(session, pending.whose);
  awayFromDeadline(session, pending);
}
