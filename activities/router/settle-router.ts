/** Settling on one router, under the lock: act, and look again ("look, act, look", T1). */
import { FAILURES } from '../../gateway/failures.ts';
import { SEPARATING_TIMES } from '../../gateway/policies.ts';
import type { Store } from '../../etcd/store.ts';
import type { Fence } from '../../etcd/pair-store.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { commit } from '../../netconf/operations.ts';
import type { Done, Operation } from '../../netconf/operations.ts';
import { NotNowError, RefusedError } from '../refused.ts';
import { WaitError } from './attempt-context.ts';
import { permanentLogLine } from './log-line.ts';
import type { PendingState } from './commit-history.ts';
import { permitCommit } from './fence.ts';
import type { LoadResult } from './judge.ts';
import { busy } from './lock.ts';
import type { LockedRouter } from './locked-router.ts';
import type { GatewayChange } from './presence.ts';
import type { RouterSession } from './router-sessions.ts';
import { overAfter, separate } from './separate.ts';
import type { IsOver } from './separate.ts';
import { mayBeTheOtherEngine } from './synchronization.ts';
import { takeBack } from './take-back.ts';

/**
 * "Deadline margin" (T2): throws a `WaitError` if a commit on trial is near its deadline. The commit is left alone until the router has had
 * time to fall back. A confirm that arrives after the deadline confirms nothing, and a lock might keep the router from falling back.
 * After that time, a commit that is still marked is settled as any other: the mark may stay for ever.
 */
export function awayFromDeadline({ name, reader }: RouterSession, pending: PendingState): void {
  if ((pending.kind !== 'ours' && pending.kind !== 'owed') || pending.until === undefined) return;
  const { confirmMarginMs, fallbackGraceMs } = reader.policy;
  const now = Date.now();
  if (now < pending.until - confirmMarginMs) return;
  const over = pending.until + fallbackGraceMs;
  const why = `${name}: too late to confirm what falls back at ${new Date(pending.until).toISOString()}`;
  throw new WaitError(FAILURES.RouterBusy, why, Math.max(over - now, 1_000));
}

export interface SettleRouterOptions<T extends GatewayChange> {
  /** Inverse changes to make. */
  readonly changes: readonly T[];
  /** What came of loading them unchecked: the candidate holds them. Absent: they are not loaded yet. */
  readonly loaded?: LoadResult<T>;
  /** Inverse changes of all that the pending commit may contain. */
  readonly trial: readonly T[];
  /** The rest of the pending commit is to become permanent, so even the commit that reverts must not be sent near the deadline. */
  readonly keepsRest: boolean;
  /** The word that the commit's log line has for these changes. */
  readonly word?: string;
}

export interface SettledRouter<T> {
  /** Inverse changes that the router refuses: their `before` still stands. */
  readonly refused: ReadonlyMap<T, Error>;
  /** Nothing of the pending commit has become permanent: it was taken back with all that was to be kept. */
  readonly tookBack: boolean;
}

/** Called right before each check and each commit. `confirms`: whether what stays of the trial may become permanent by this check or commit. */
type AssertMaySend = (confirms: boolean) => Promise<void>;

/** Whether a commit is pending that another commit or a check of ours may confirm. */
export function isOnTrial({ look: { pending } }: LockedRouter): boolean {
  return pending.kind === 'ours' || pending.kind === 'owed';
}

/**
 * Makes the inverse changes in a commit that also confirms the rest. Without inverse changes it only confirms. If the router refuses an inverse
 * change while a commit of ours is pending, the whole trial is taken back ("refused revert", T11). Throws if anything of ours is still
 * pending in the end.
 */
export async function settleRouter<T extends GatewayChange>(
  store: Store,
  fence: Fence,
  router: LockedRouter,
  options: SettleRouterOptions<T>,
): Promise<SettledRouter<T>> {
  const assertMaySend: AssertMaySend = async (confirms) => {
    await permitCommit(store, fence, [router.session.id]);
    if (confirms) awayFromDeadline(router.session, router.look.pending);
  };
  const settled: SettledRouter<T> =
    options.changes.length > 0
      ? await change(router, options, assertMaySend)
      : { refused: new Map(), tookBack: false };
  await router.discard();
  await router.lookAgain();
  const log = permanentLogLine(fence.reservation, 'kept', []);
  for (const confirmation of router.look.confirmations(log)) {
    if (isOnTrial(router)) await confirm(router, confirmation, assertMaySend);
  }
  if (isOnTrial(router)) throw busy(router.session, 'what was confirmed is still pending');
  return settled;
}

/**
 * Makes the inverse changes. If the router refuses all of them, or they meet contention, the reason may be its other routing engine: then they are made
 * without that engine, because a revert must not depend on it.
 */
async function change<T extends GatewayChange>(
  router: LockedRouter,
  options: SettleRouterOptions<T>,
  assertMaySend: AssertMaySend,
): Promise<SettledRouter<T>> {
  const isOver = overAfter(SEPARATING_TIMES.inversesMs);
  try {
    const settled = await changeTogether(router, options, assertMaySend, isOver);
    if (settled.refused.size < options.changes.length || !router.isSynchronized) return settled;
  } catch (error) {
    if (!(router.isSynchronized && mayBeTheOtherEngine(error))) throw error;
  }
  const { loaded: _loaded, ...rest } = options;
  return router.onOneEngine(() =>
    changeTogether(router, { ...rest, keepsRest: true }, assertMaySend, isOver),
  );
}

async function changeTogether<T extends GatewayChange>(
  router: LockedRouter,
  { changes, loaded, trial, keepsRest, word = 'reverted' }: SettleRouterOptions<T>,
  assertMaySend: AssertMaySend,
  isOver: IsOver,
): Promise<SettledRouter<T>> {
  const { reservation } = router.session.reader;
  const commitSome = async (some: readonly T[], confirms: boolean) => {
    const gateways = some.map(({ gateway }) => gateway);
    await assertMaySend(confirms);
    await router.act(commit({ log: permanentLogLine(reservation, word, gateways) }));
  };
  // The first load is not checked: a check would confirm everything that is pending, even what is to be reverted.
  const result = loaded ?? (await router.load(changes, 'unchecked'));
  if (result.kind === 'accepted') {
    try {
      await commitSome(changes, keepsRest);
      return { refused: new Map(), tookBack: false };
    } catch (error) {
      if (!(error instanceof RpcFailedError)) throw error;
    }
  }
  // This commit makes nothing of the trial permanent, so it may be sent near the deadline.
  if (isOnTrial(router) && (await takeBack(router, trial, (taken) => commitSome(taken, false))))
    return { refused: new Map(), tookBack: true };
  // From here on each check, and the commit, makes permanent what the router refuses to revert.
  const { accepted, refused, untried } = await separate(
    changes,
    (some) => router.load(some, 'checked', () => assertMaySend(true)),
    isOver,
  );
  if (accepted.length > 0) await commitSome(accepted, true);
  return {
    refused: new Map([...untried.map((one) => [one, tooShort()] as const), ...refused]),
    tookBack: false,
  };
}

function tooShort(): RefusedError {
  const why = 'not reverted: the time for finding what the router refuses was over';
  return new RefusedError(FAILURES.RouterRefused, why);
}

async function confirm(
  router: LockedRouter,
  confirmation: Operation<Done>,
  assertMaySend: AssertMaySend,
): Promise<void> {
  await assertMaySend(true);
  try {
    await router.act(confirmation);
  } catch (error) {
    if (router.isSynchronized && mayBeTheOtherEngine(error))
      return router.onOneEngine(() => confirm(router, confirmation, assertMaySend));
    if (!(error instanceof RpcFailedError)) throw error;
    // The running configuration fails the router's own check. So the commit can't be confirmed, and falls back by itself.
    throw new NotNowError(FAILURES.RouterRefused, error.message, { cause: error });
  }
  await router.lookAgain();
}
