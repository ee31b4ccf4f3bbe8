/**
 * Puts a batch on both routers of a turn, on trial: plan, look, act, look. What another attempt has left is found by looking, and
 * resolved: nothing is committed twice (T4), and nothing by an attempt that was given up (T3).
 */
import { FAILURES } from '../../gateway/failures.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { ApplyInput, ApplyOutcome, Refused, RouterRecord } from '../../pair/transactions.ts';
import { verdictTime } from '../../gateway/policies.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import { sort } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { commitTo, commitNothing } from './commit-to.ts';
import type { Committed } from './commit-to.ts';
import { activityCallOf, mayGiveUp } from '../router/attempt-context.ts';
import type { AttemptContext } from '../router/attempt-context.ts';
import { findConflicts } from './conflicts.ts';
import { LockedRouter } from '../router/locked-router.ts';
import {
  changesOn,
  isComplete,
  isForgotten,
  isOurs,
  isSettled,
  keptMeanwhile,
  isPermitted,
  readBatch,
} from './members.ts';
import type { PlannedMember } from './members.ts';
import { payOwedChanges } from './pay-owed-changes.ts';
import { OvertakenError, checkFence } from '../router/fence.ts';
import { prepare } from './prepare.ts';
import { refusedBy, Rejections } from './rejections.ts';
import { withRouterSessions } from '../router/router-sessions.ts';
import type { Attempt } from '../router/router-sessions.ts';

const NO_TIMES = { confirmBy: null, verdictBy: null };

export async function apply(deps: Dependencies, here: AttemptContext, input: ApplyInput): Promise<ApplyOutcome> {
  const { planned, unplanned } = await readBatch(deps.store, input.routers, input.members);
  const settled = planned.filter(isSettled);
  const open = planned.filter((one) => !settled.includes(one));
  const created = settled.filter(isComplete).map(({ member }) => member);
  const closed = [...unplanned, ...settled.filter((one) => !isComplete(one)).map(settledAlready)];
  const outcome = await applyOpen(deps, here, input, open);
  // An attempt before this one may have put them there.
  const records =
    closed.length === 0 ? [] : await Promise.all(input.routers.map((id) => deps.store.router(id)));
  const isLeft = ({ member }: Refused) => records.some((record) => isPermitted(record, member));
  return {
    ...outcome,
    refused: [...closed.filter((one) => !isLeft(one)), ...outcome.refused],
    toRevert: [...closed.filter(isLeft), ...outcome.toRevert],
    ...(created.length > 0 && { complete: created }),
  };
}

async function applyOpen(
  deps: Dependencies,
  here: AttemptContext,
  input: ApplyInput,
  open: readonly PlannedMember[],
): Promise<ApplyOutcome> {
  if (open.length === 0) return { applied: [], refused: [], toRevert: [], commits: {}, ...NO_TIMES };
  try {
    return await withRouterSessions(deps, here, input, async (begun) => {
      assertKnown(
        input.reservation,
        [...begun.sessions, ...begun.unreachable].map(({ record }) => record),
        open,
      );
      return applyTo(deps, begun, await keptMeanwhile(deps.store, open));
    });
  } catch (error) {
    const since = input.since ?? here.since;
    if (!mayGiveUp({ ...here, since }, error, deps.policy.patienceMs)) throw error;
    return giveUp(deps, here, input, open, error);
  }
}

async function applyTo(deps: Dependencies, begun: Attempt, planned: readonly PlannedMember[]): Promise<ApplyOutcome> {
  const [gone] = begun.unreachable;
  if (gone !== undefined) throw gone.error;
  const { fence: attempt } = begun;
  const routers: LockedRouter[] = [];
  try {
    await allSettledOrThrow(
      begun.sessions.map(async (side) => {
        const stanzas = [...changesOn(planned, side.id), ...side.record.owedChanges];
        routers.push(await LockedRouter.take(side, stanzas));
      }),
    );
    await allSettledOrThrow(routers.map((router) => payOwedChanges(deps.store, attempt, router)));
    const rejections = new Rejections();
    for (const router of routers) findConflicts(router, planned, rejections);
    const agreed = await prepare(routers, planned, rejections);
    const due = routers.filter((router) => agreed.some((one) => !stands(router, one)));
    if (due.length > 0) {
      const ids = due.map(({ session: side }) => side.id);
      await checkFence(
        deps.store,
        attempt,
        ids,
        agreed.map(({ member }) => member),
      );
    }
    const until = Date.now() + deps.policy.confirmMinutes * deps.policy.minuteMs;
    const committed = await Promise.allSettled(
      routers.map((router) => (due.includes(router) ? commitTo(router, agreed, until) : commitNothing(router))),
    );
    return outcomeOf(deps, routers, planned, agreed, rejections, committed);
  } finally {
    await Promise.all(routers.map((router) => router.unlock()));
  }
}

function stands(router: LockedRouter, { on }: PlannedMember): boolean {
  const carried = on.get(router.session.id);
  return carried !== undefined && router.standing(carried).kind === 'after';
}

/** A refusal of a commit is final, whatever became of the other one; anything else is resolved by the next attempt, which looks. */
function outcomeOf(
  { policy }: Dependencies,
  routers: readonly LockedRouter[],
  planned: readonly PlannedMember[],
  agreed: readonly PlannedMember[],
  rejections: Rejections,
  results: readonly PromiseSettledResult<Committed>[],
): ApplyOutcome {
  const errors = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const refusal = errors.find(refusedBy);
  if (errors.length > 0 && refusal === undefined) throw errors[0];
  const committed = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  const confirmBy = committed
    .flatMap((one) => one?.until ?? [])
    .map((until) => until - policy.confirmMarginMs);
  const out = planned.flatMap(({ member }) => rejections.of(member) ?? []);
  // Where one side carries it already, it has to be taken away again.
  const isLeft = ({ member }: Refused) =>
    routers.some((router) =>
      planned.some(
        (one) => one.member === member && isOurs(router.session.record, one) && !isAbsent(router, one),
      ),
    );
  const plainCommits = routers
    .filter((_, index) => agreed.length > 0 && committed[index]?.how === 'plain')
    .map(({ session: side }) => side.name)
    .sort();
  const failed = (reason: unknown) => agreed.map(({ member }) => refusedOf(member, reason));
  return {
    applied: refusal === undefined ? agreed.map(({ member }) => member) : [],
    refused: out.filter((one) => !isLeft(one) && !rejections.isPostponed(one.member)),
    postponed: out.filter((one) => !isLeft(one) && rejections.isPostponed(one.member)).map(({ member }) => member),
    toRevert: [...out.filter(isLeft), ...(refusal === undefined ? [] : failed(refusal))],
    commits: Object.fromEntries(
      routers.map(({ session: side }, index) => [side.id, agreed.length > 0 ? (committed[index]?.how ?? null) : null]),
    ),
    ...(plainCommits.length > 0 && { plainCommits }),
    confirmBy: confirmBy.length === 0 ? null : isoOf(Math.min(...confirmBy)),
    verdictBy: agreed.length === 0 ? null : isoOf(Math.min(...confirmBy, Date.now() + verdictTime(policy))),
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

function isAbsent(router: LockedRouter, { on }: PlannedMember): boolean {
  const carried = on.get(router.session.id);
  return carried === undefined || router.standing(carried).kind === 'absent';
}

/**
 * Patience is over, or no further attempt could mend it. All attempts are voided first: then whom no commit was permitted for is on no
 * router, and never will be.
 */
async function giveUp(
  { store }: Dependencies,
  here: AttemptContext,
  { reservation, routers, since = here.since }: ApplyInput,
  planned: readonly PlannedMember[],
  error: unknown,
): Promise<ApplyOutcome> {
  const begun = await store.issueToken({ reservation, routers }, {}, activityCallOf(here));
  if (begun.kind !== 'begun') throw new OvertakenError(reservation, begun.kind);
  assertKnown(reservation, begun.records, planned);
  const isPermitted = (one: PlannedMember) => begun.records.some((record) => isOurs(record, one));
  const { type, again } = sort(error, () => here.attempt);
  const message = error instanceof Error ? error.message : String(error);
  const waited = Math.round((Date.now() - since) / 1000);
  const reason = again ? `${message} (given up after ${waited} s)` : message;
  const out = (some: readonly PlannedMember[]) => some.map(({ member }) => ({ member, type, reason }));
  return {
    applied: [],
    refused: out(planned.filter((one) => !isPermitted(one))),
    toRevert: out(planned.filter(isPermitted)),
    commits: {},
    ...NO_TIMES,
  };
}

function assertKnown(reservation: string, records: readonly RouterRecord[], planned: readonly PlannedMember[]): void {
  const members = planned.map(({ member }) => member);
  if (records.some((record) => isForgotten(record, members)))
    throw new OvertakenError(reservation, 'another run of one of its gateways may be on the routers');
}

function refusedOf(member: PairMember, error: unknown): Refused {
  const reason = error instanceof Error ? error.message : String(error);
  return { member, type: sort(error).type, reason };
}

function settledAlready({ member, state }: PlannedMember): Refused {
  return {
    member,
    type: FAILURES.AlreadySettled,
    reason: `/state has version ${state?.version} (${state?.workerState}) already`,
  };
}
