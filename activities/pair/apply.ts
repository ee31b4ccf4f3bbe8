/**
 * Puts a batch on both routers of a turn, on trial: plan, look, act, look. What another attempt has left is found by looking, and
 * resolved: nothing is committed twice (T4), and nothing by an attempt that was given up (T3).
 */
import { FAILURES } from '../../gateway/failures.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { ApplyInput, ApplyOutcome, Refused, RouterRecord } from '../../pair/transactions.ts';
import { verdictTime } from '../../gateway/policies.ts';
import { both } from '../all-settled.ts';
import { sort } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { commitTo, leave } from './commit-to.ts';
import type { Committed } from './commit-to.ts';
import { callOf, mayGiveUp } from '../router/attempt-context.ts';
import type { Here } from '../router/attempt-context.ts';
import { judge } from './conflicts.ts';
import { LockedRouter } from '../router/locked-router.ts';
import {
  carriedBy,
  isCreated,
  isForgotten,
  isOurs,
  isSettled,
  keptMeanwhile,
  mayCarry,
  readBatch,
} from './members.ts';
import type { Planned } from './members.ts';
import { payDebts } from './pay-owed-changes.ts';
import { OvertakenError, permit } from '../router/fence.ts';
import { prepare } from './prepare.ts';
import { refusedBy, Rejections } from './rejections.ts';
import { withSides } from '../router/router-sessions.ts';
import type { Begun } from '../router/router-sessions.ts';

const NO_TIMES = { confirmBy: null, verdictBy: null };

export async function apply(deps: Dependencies, here: Here, input: ApplyInput): Promise<ApplyOutcome> {
  const { planned, unplanned } = await readBatch(deps.store, input.routers, input.members);
  const settled = planned.filter(isSettled);
  const open = planned.filter((one) => !settled.includes(one));
  const created = settled.filter(isCreated).map(({ member }) => member);
  const closed = [...unplanned, ...settled.filter((one) => !isCreated(one)).map(settledAlready)];
  const outcome = await applyOpen(deps, here, input, open);
  // An attempt before this one may have put them there.
  const records =
    closed.length === 0 ? [] : await Promise.all(input.routers.map((id) => deps.store.router(id)));
  const isLeft = ({ member }: Refused) => records.some((record) => mayCarry(record, member));
  return {
    ...outcome,
    refused: [...closed.filter((one) => !isLeft(one)), ...outcome.refused],
    undo: [...closed.filter(isLeft), ...outcome.undo],
    ...(created.length > 0 && { created }),
  };
}

async function applyOpen(
  deps: Dependencies,
  here: Here,
  input: ApplyInput,
  open: readonly Planned[],
): Promise<ApplyOutcome> {
  if (open.length === 0) return { applied: [], refused: [], undo: [], confirm: {}, ...NO_TIMES };
  try {
    return await withSides(deps, here, input, async (begun) => {
      assertKnown(
        input.turn,
        [...begun.sides, ...begun.away].map(({ record }) => record),
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

async function applyTo(deps: Dependencies, begun: Begun, planned: readonly Planned[]): Promise<ApplyOutcome> {
  const [gone] = begun.away;
  if (gone !== undefined) throw gone.error;
  const { attempt } = begun;
  const routers: LockedRouter[] = [];
  try {
    await both(
      begun.sides.map(async (side) => {
        const stanzas = [...carriedBy(planned, side.id), ...side.record.debts];
        routers.push(await LockedRouter.take(side, stanzas));
      }),
    );
    await both(routers.map((router) => payDebts(deps.store, attempt, router)));
    const rejections = new Rejections();
    for (const router of routers) judge(router, planned, rejections);
    const agreed = await prepare(routers, planned, rejections);
    const due = routers.filter((router) => agreed.some((one) => !stands(router, one)));
    if (due.length > 0) {
      const ids = due.map(({ side }) => side.id);
      await permit(
        deps.store,
        attempt,
        ids,
        agreed.map(({ member }) => member),
      );
    }
    const until = Date.now() + deps.policy.confirmMinutes * deps.policy.minuteMs;
    const committed = await Promise.allSettled(
      routers.map((router) => (due.includes(router) ? commitTo(router, agreed, until) : leave(router))),
    );
    return outcomeOf(deps, routers, planned, agreed, rejections, committed);
  } finally {
    await Promise.all(routers.map((router) => router.release()));
  }
}

function stands(router: LockedRouter, { on }: Planned): boolean {
  const carried = on.get(router.side.id);
  return carried !== undefined && router.standing(carried).kind === 'whole';
}

/** A refusal of a commit is final, whatever became of the other one; anything else is resolved by the next attempt, which looks. */
function outcomeOf(
  { policy }: Dependencies,
  routers: readonly LockedRouter[],
  planned: readonly Planned[],
  agreed: readonly Planned[],
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
        (one) => one.member === member && isOurs(router.side.record, one) && !isAbsent(router, one),
      ),
    );
  const plainly = routers
    .filter((_, index) => agreed.length > 0 && committed[index]?.how === 'plain')
    .map(({ side }) => side.name)
    .sort();
  const failed = (reason: unknown) => agreed.map(({ member }) => refusedOf(member, reason));
  return {
    applied: refusal === undefined ? agreed.map(({ member }) => member) : [],
    refused: out.filter((one) => !isLeft(one) && !rejections.isPutOff(one.member)),
    later: out.filter((one) => !isLeft(one) && rejections.isPutOff(one.member)).map(({ member }) => member),
    undo: [...out.filter(isLeft), ...(refusal === undefined ? [] : failed(refusal))],
    confirm: Object.fromEntries(
      routers.map(({ side }, index) => [side.id, agreed.length > 0 ? (committed[index]?.how ?? null) : null]),
    ),
    ...(plainly.length > 0 && { plainly }),
    confirmBy: confirmBy.length === 0 ? null : isoOf(Math.min(...confirmBy)),
    verdictBy: agreed.length === 0 ? null : isoOf(Math.min(...confirmBy, Date.now() + verdictTime(policy))),
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

function isAbsent(router: LockedRouter, { on }: Planned): boolean {
  const carried = on.get(router.side.id);
  return carried === undefined || router.standing(carried).kind === 'absent';
}

/**
 * Patience is over, or no further attempt could mend it. All attempts are voided first: then whom no commit was permitted for is on no
 * router, and never will be.
 */
async function giveUp(
  { store }: Dependencies,
  here: Here,
  { turn, routers, since = here.since }: ApplyInput,
  planned: readonly Planned[],
  error: unknown,
): Promise<ApplyOutcome> {
  const begun = await store.beginTurnAttempt({ turn, routers }, {}, callOf(here));
  if (begun.kind !== 'begun') throw new OvertakenError(turn, begun.kind);
  assertKnown(turn, begun.records, planned);
  const isPermitted = (one: Planned) => begun.records.some((record) => isOurs(record, one));
  const { type, again } = sort(error, () => here.attempt);
  const message = error instanceof Error ? error.message : String(error);
  const waited = Math.round((Date.now() - since) / 1000);
  const reason = again ? `${message} (given up after ${waited} s)` : message;
  const out = (some: readonly Planned[]) => some.map(({ member }) => ({ member, type, reason }));
  return {
    applied: [],
    refused: out(planned.filter((one) => !isPermitted(one))),
    undo: out(planned.filter(isPermitted)),
    confirm: {},
    ...NO_TIMES,
  };
}

function assertKnown(turn: string, records: readonly RouterRecord[], planned: readonly Planned[]): void {
  const members = planned.map(({ member }) => member);
  if (records.some((record) => isForgotten(record, members)))
    throw new OvertakenError(turn, 'another run of one of its gateways may be on the routers');
}

function refusedOf(member: PairMember, error: unknown): Refused {
  const reason = error instanceof Error ? error.message : String(error);
  return { member, type: sort(error).type, reason };
}

function settledAlready({ member, state }: Planned): Refused {
  return {
    member,
    type: FAILURES.AlreadySettled,
    reason: `/state has version ${state?.version} (${state?.workerState}) already`,
  };
}
