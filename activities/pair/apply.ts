/**
 * Puts a batch on both routers, on trial: "look, act, look" (T1). If an earlier attempt has done a part of the work, this attempt goes on
 * from there. Nothing is committed twice ("prepare both", T4), and an attempt that another one has replaced commits nothing ("fencing
 * token", T3).
 */
import { LENGTHS, oneLine } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { isSameGateway } from '../../gateway/resource.ts';
import { trialMinutes } from '../../gateway/vrrp-time.ts';
import type { RouterRecord } from '../../pair/router-record.ts';
import type { ApplyInput, ApplyOutcome, Refused } from '../../pair/transactions.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import { failureOf, messageOf } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { activityCallOf, mayGiveUp } from '../router/attempt-context.ts';
import type { AttemptContext } from '../router/attempt-context.ts';
import { commitNothing, commitTo } from '../router/commit.ts';
import { OvertakenError, permitCommit } from '../router/fence.ts';
import { LockedRouter } from '../router/locked-router.ts';
import { isAfter } from '../router/presence.ts';
import { withRouterSessions } from '../router/router-sessions.ts';
import type { Attempt } from '../router/router-sessions.ts';
import { NOTHING_APPLIED, outcomeOf } from './apply-outcome.ts';
import { Rejections, findConflicts, isRefusal } from './conflicts.ts';
import { changesOn, hasForgottenRun, isFinal, isOurs, isPermitted, hasEnded, readBatch } from './members.ts';
import type { PlannedBatch, PlannedMember } from './members.ts';
import { othersBefore } from './others-before.ts';
import { prepareInTime } from './prepare.ts';
import { payOwedChanges } from './pay-owed-changes.ts';
import { readFamilies } from './read-family.ts';
import type { Families } from './read-family.ts';
import { mayTakeOver, recognize, recordRecognized } from './recognize.ts';
import { wakingPaid } from './wake-paid.ts';

/** Whether the batch may still wait because of this error. Then the transaction does not give up. */
type MayWait = (error: unknown) => Promise<boolean>;

export function apply(
  deps: Dependencies,
  context: AttemptContext,
  input: ApplyInput,
  mayWait?: MayWait,
): Promise<ApplyOutcome> {
  return wakingPaid(deps, (waking) => applyOrGiveUp(waking, context, input, mayWait));
}

async function applyOrGiveUp(
  deps: Dependencies,
  context: AttemptContext,
  input: ApplyInput,
  mayWait: MayWait = () => Promise.resolve(false),
): Promise<ApplyOutcome> {
  try {
    return await withRouterSessions(deps, context, input, async (attempt) => {
      const records = [...attempt.sessions, ...attempt.unreachable].map(({ record }) => record);
      assertNoneForgotten(input, records);
      // The plans are read after the token was issued. An earlier attempt that keeps a gateway writes that into the plan record first, and
      // only then takes the gateway out of the reservation. So this attempt finds such a gateway kept, or still permitted.
      const [batch, others] = await Promise.all([
        readBatch(deps.store, input.routers, input.members),
        othersPermitted(deps, input, records),
      ]);
      const family = await readFamilies(deps.store, [...batch.planned, ...others], attempt.sessions);
      return withClosed(batch, records, (open) => applyTo(deps, attempt, open, { others, family }));
    });
  } catch (error) {
    const since = triedSince(context, input);
    if (!mayGiveUp({ ...context, since }, error, deps.policy.patienceMs) || (await mayWait(error)))
      throw error;
    return giveUp(deps, context, input, error);
  }
}

/** Gateways that are not to be applied, but may be on a router under this reservation: they are about to be reverted. Usually none. */
async function othersPermitted(
  { store }: Dependencies,
  { routers, members }: ApplyInput,
  records: readonly RouterRecord[],
): Promise<readonly PlannedMember[]> {
  const permitted = records.flatMap(({ reservation }) => reservation?.members ?? []);
  const others = permitted.filter(
    ({ gateway }) => !members.some((one) => isSameGateway(one.gateway, gateway)),
  );
  if (others.length === 0) return [];
  const named = others.map((one) => ({ ...one, name: one.gateway.resourceId }));
  return (await readBatch(store, routers, named, { ofNewerRuns: true })).planned;
}

/**
 * Applies the members that are open. The others are closed: they have no plan, or `/state` has their version or a newer one already. A closed member
 * is reported as complete if the plan record or `/state` says that this very version is permanent. Otherwise it is to be reverted if an earlier
 * attempt may have put it on a router, and refused if not.
 */
async function withClosed(
  { planned, unplanned }: PlannedBatch,
  records: readonly RouterRecord[],
  applyOpen: (open: readonly PlannedMember[]) => Promise<ApplyOutcome>,
): Promise<ApplyOutcome> {
  const settled = planned.filter(hasEnded);
  const open = planned.filter((one) => !settled.includes(one));
  const complete = settled.filter(isFinal).map(({ member }) => member);
  const closed = [...unplanned, ...settled.filter((one) => !isFinal(one)).map(settledAlready)];
  const outcome = open.length === 0 ? NOTHING_APPLIED : await applyOpen(open);
  const mayStand = ({ member }: Refused) => records.some((record) => isPermitted(record, member));
  return {
    ...outcome,
    refused: [...closed.filter((one) => !mayStand(one)), ...outcome.refused],
    toRevert: [...closed.filter(mayStand), ...outcome.toRevert],
    ...(complete.length > 0 && { complete }),
  };
}

interface Around {
  readonly others: readonly PlannedMember[];
  readonly family: Families;
}

async function applyTo(
  deps: Dependencies,
  attempt: Attempt,
  planned: readonly PlannedMember[],
  around: Around,
): Promise<ApplyOutcome> {
  const rejections = new Rejections();
  const outcome = await applyLocked(deps, attempt, planned, around, rejections);
  const [refused, toRevert] = await Promise.all(
    [outcome.refused, outcome.toRevert].map((some) => rejections.withNames(deps.store, some)),
  );
  return { ...outcome, refused: refused ?? [], toRevert: toRevert ?? [] };
}

async function applyLocked(
  deps: Dependencies,
  { fence, sessions, unreachable }: Attempt,
  planned: readonly PlannedMember[],
  { others, family }: Around,
  rejections: Rejections,
): Promise<ApplyOutcome> {
  if (unreachable[0] !== undefined) throw unreachable[0].error;
  const routers: LockedRouter[] = [];
  try {
    await allSettledOrThrow(
      sessions.map(async (session) => {
        const changes = [...changesOn(planned, session.id), ...session.record.owedChanges];
        routers.push(
          await LockedRouter.lock(session, changes, {
            mayTakeOver: (trial) => mayTakeOver(trial, planned, deps.policy),
            family: family(session.id),
          }),
        );
      }),
    );
    await allSettledOrThrow(routers.map((router) => payOwedChanges(deps.store, fence, router)));
    const recognized = await recognize(routers, planned, deps.policy);
    await recordRecognized(deps.store, fence, planned, recognized);
    for (const [{ member }, error] of recognized.disputed) rejections.add(member, null, error);
    const unknown = planned.filter((one) => !recognized.members.includes(one));
    for (const router of routers)
      findConflicts(router, unknown, rejections, {
        others: [...others, ...recognized.members],
        isTakenOver: recognized.trials.has(router.session.id),
      });
    const { agreed, vrrp: timers } = await prepareInTime(deps.policy, routers, planned, rejections);
    const members = agreed.map(({ member }) => member);
    const due = routers.filter((router) => agreed.some((one) => !carries(router, one)));
    const vrrp = { ...timers, ...(await othersBefore(routers, agreed, due)) };
    if (due.length > 0) {
      const ids = due.map(({ session }) => session.id);
      await permitCommit(deps.store, fence, ids, members, { vrrp });
    }
    const minutes = trialMinutes(deps.policy, vrrp.limitMs);
    const until = Date.now() + minutes * deps.policy.minuteMs;
    const gateways = agreed.map(({ member: { gateway }, plan }) => ({
      ...gateway,
      isDeleted: plan.action === 'delete',
    }));
    const committed = await Promise.allSettled(
      routers.map((router) =>
        due.includes(router)
          ? commitTo(router, gateways, { until, minutes })
          : commitNothing(router, recognized.trials.get(router.session.id)),
      ),
    );
    const errors = committed.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    const refusal = errors.find(isRefusal);
    // If a router refuses the commit, the outcome is final, whatever the other router did. After any other error the next attempt must look
    // first.
    if (errors.length > 0 && refusal === undefined) throw errors[0];
    return outcomeOf(deps.policy, routers, { planned, agreed, rejections, refusal, vrrp }, committed);
  } finally {
    await Promise.all(routers.map((router) => router.unlock()));
  }
}

function carries(router: LockedRouter, { changes }: PlannedMember): boolean {
  const change = changes.get(router.session.id);
  return change !== undefined && isAfter(router.presence(change));
}

/**
 * Ends the transaction without success: its time limit has passed, or no further attempt can mend the error. A new fencing token voids all
 * earlier ones first. So a member that is not permitted after that stands on no router, and no earlier attempt can put it there.
 */
async function giveUp(
  { store }: Dependencies,
  context: AttemptContext,
  input: ApplyInput,
  error: unknown,
): Promise<ApplyOutcome> {
  const { reservation, routers } = input;
  const issued = await store.issueToken({ reservation, routers }, {}, activityCallOf(context));
  if (issued.kind !== 'issued') throw new OvertakenError(reservation, issued.kind);
  const { records } = issued;
  assertNoneForgotten(input, records);
  const { type, again } = failureOf(error, () => context.attempt);
  const message = messageOf(error);
  const waited = ` (given up after ${Math.round((context.now() - triedSince(context, input)) / 1000)} s)`;
  const reason = again ? `${oneLine(message, LENGTHS.reason - waited.length)}${waited}` : message;
  return withClosed(await readBatch(store, routers, input.members), records, async (open) => {
    const mayStand = (one: PlannedMember) => records.some((record) => isOurs(record, one));
    const out = (some: readonly PlannedMember[]) => some.map(({ member }) => ({ member, type, reason }));
    return {
      ...NOTHING_APPLIED,
      refused: out(open.filter((one) => !mayStand(one))),
      toRevert: out(open.filter(mayStand)),
    };
  });
}

/** When the batch would have been tried first if it had waited without a pause. */
function triedSince({ since }: AttemptContext, { waitedMs = 0 }: ApplyInput): number {
  return since - waitedMs;
}

function assertNoneForgotten({ reservation, members }: ApplyInput, records: readonly RouterRecord[]): void {
  if (records.some((record) => hasForgottenRun(record, members)))
    throw new OvertakenError(reservation, 'another run of one of its gateways may be on the routers');
}

function settledAlready({ member, state }: PlannedMember): Refused {
  return {
    member,
    type: FAILURES.AlreadyEnded,
    reason: `/state has version ${state?.version} (${state?.workerState}) already`,
  };
}
