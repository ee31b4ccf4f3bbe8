/** Settling on one router, under the lock: act, and look again ("look, act, look", T1). */
import { FAILURES } from '../../gateway/failures.ts';
import type { Store } from '../../etcd/store.ts';
import type { Fence } from '../../etcd/pair-store.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { commit } from '../../netconf/operations.ts';
import type { Done, Operation } from '../../netconf/operations.ts';
import { NotNowError } from '../refused.ts';
import { WaitError } from './attempt-context.ts';
import { permanentLogLine } from './log-line.ts';
import type { PendingCommit } from './commit-history.ts';
import { permitCommit } from './fence.ts';
import { separate } from './load.ts';
import { busy } from './lock.ts';
import type { LockedRouter } from './locked-router.ts';
import type { GatewayChange } from './presence.ts';
import type { RouterSession } from './router-sessions.ts';

/**
 * "Deadline margin" (T2): throws a `WaitError` if a commit on trial is near its deadline. The commit is left alone until the router has had
 * time to fall back. A confirm that arrives after the deadline confirms nothing, and a lock might keep the router from falling back.
 * After that time, a commit that is still marked is settled as any other: the mark may stay for ever.
 */
export function awayFromDeadline({ name, reader }: RouterSession, pending: PendingCommit): void {
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
  /** The rest of the pending commit is to become permanent, so even the commit that reverts must not be sent near the deadline. */
  readonly keepsRest: boolean;
  /** The word that the commit's log line has for these changes. */
  readonly word?: string;
}

/** Called right before each check and each commit. `confirms`: whether the router may make permanent by it what stays of the trial. */
type AssertMaySend = (confirms: boolean) => Promise<void>;

/**
 * Makes the inverse changes in a commit that also confirms the rest. Without inverse changes it only confirms. Resolves to the inverse
 * changes that the router refuses: their `before` still stands ("refused revert", T11). Throws if anything of ours is still pending in the
 * end.
 */
export async function settleRouter<T extends GatewayChange>(
  store: Store,
  fence: Fence,
  router: LockedRouter,
  { changes, keepsRest, word = 'reverted' }: SettleRouterOptions<T>,
): Promise<ReadonlyMap<T, Error>> {
  const isPending = () => ['ours', 'owed'].includes(router.look.pending.kind);
  const assertMaySend: AssertMaySend = async (confirms) => {
    await permitCommit(store, fence, [router.session.id]);
    if (confirms) awayFromDeadline(router.session, router.look.pending);
  };
  const refused =
    changes.length > 0
      ? await change(router, changes, { keepsRest, word }, assertMaySend)
      : new Map<T, Error>();
  await router.discard();
  await router.lookAgain();
  const log = permanentLogLine(fence.reservation, 'kept', []);
  for (const confirmation of router.look.confirmations(log)) {
    if (isPending()) await confirm(router, confirmation, assertMaySend);
  }
  if (isPending()) throw busy(router.session, 'what was confirmed is still pending');
  return refused;
}

interface ChangeOptions {
  readonly keepsRest: boolean;
  readonly word: string;
}

/** If everything is refused, perhaps the router's other routing engine has refused it. A revert must not depend on that engine. */
async function change<T extends GatewayChange>(
  router: LockedRouter,
  changes: readonly T[],
  { keepsRest, word }: ChangeOptions,
  assertMaySend: AssertMaySend,
): Promise<ReadonlyMap<T, Error>> {
  try {
    const refused = await changeTogether(router, changes, { keepsRest, word }, assertMaySend);
    if (refused.size < changes.length || !router.isSynchronized) return refused;
  } catch (error) {
    if (!(error instanceof RpcFailedError && router.isSynchronized)) throw error;
  }
  return router.onOneEngine(() => changeTogether(router, changes, { keepsRest: true, word }, assertMaySend));
}

async function changeTogether<T extends GatewayChange>(
  router: LockedRouter,
  changes: readonly T[],
  { keepsRest, word }: ChangeOptions,
  assertMaySend: AssertMaySend,
): Promise<ReadonlyMap<T, Error>> {
  const { reservation } = router.session.reader;
  const commitSome = async (some: readonly T[], confirms: boolean) => {
    const gateways = some.map(({ gateway }) => gateway);
    await assertMaySend(confirms);
    await router.act(commit({ log: permanentLogLine(reservation, word, gateways) }));
  };
  // The first load is not checked: a check would confirm everything that is pending, even what is to be reverted.
  const result = await router.load(changes, 'unchecked');
  if (result.kind === 'accepted') {
    try {
      await commitSome(changes, keepsRest);
      return new Map();
    } catch (error) {
      if (!(error instanceof RpcFailedError)) throw error;
    }
  }
  // From here on each check, and the commit, makes permanent what the router refuses to revert.
  const { accepted, refused } = await separate(changes, async (some) => {
    await router.discard();
    await assertMaySend(true);
    return router.load(some, 'checked');
  });
  if (accepted.length > 0) await commitSome(accepted, true);
  return refused;
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
    // The running configuration fails the router's own check, or the other routing engine has refused it. In the first case the commit can't be
    // confirmed, and falls back by itself.
    if (!(error instanceof RpcFailedError)) throw error;
    if (router.isSynchronized) return router.onOneEngine(() => confirm(router, confirmation, assertMaySend));
    throw new NotNowError(FAILURES.RouterRefused, error.message, { cause: error });
  }
  await router.lookAgain();
}
