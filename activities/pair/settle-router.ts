/** Settling on one router, under the lock: act, and look again (T1). */
import { FAILURES } from '../../gateway/failures.ts';
import type { Store } from '../../etcd/store.ts';
import type { TurnAttempt } from '../../etcd/pair-store.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { junosBlind } from '../../netconf/dialect-junos.ts';
import type { Dialect } from '../../netconf/dialect.ts';
import { NotNowError } from '../refused.ts';
import { WaitError } from '../router/attempt-context.ts';
import { busy } from '../router/lock.ts';
import { logDone } from '../router/log-line.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { checkFence } from '../router/fence.ts';
import { separate } from '../router/separate.ts';
import type { RouterSession } from '../router/router-sessions.ts';
import type { Stanzas } from '../router/presence.ts';
import type { Pending } from '../router/commit-history.ts';

/**
 * T2: near its deadline a commit on trial is left alone, until it has fallen back if it will: a confirm that crosses the deadline on its
 * way confirms nothing, and a lock might keep it from falling back.
 */
export function awayFromDeadline({ name, reader: watch }: RouterSession, pending: Pending): void {
  if (pending.kind !== 'ours') return;
  const { confirmMarginMs, fallbackGraceMs } = watch.policy;
  const now = Date.now();
  if (now < pending.until - confirmMarginMs) return;
  const over = pending.until + fallbackGraceMs;
  const why = `${name}: too late to confirm what falls back at ${new Date(pending.until).toISOString()}`;
  throw new WaitError(FAILURES.RouterBusy, why, Math.max(over, now + 1_000));
}

export interface SettleRouterOptions<T extends Stanzas> {
  readonly remove: readonly T[];
  /** Those that stay are to stay for good: what confirms them must not come too late. */
  readonly keeps: boolean;
  /** What the history says of those that go. */
  readonly word?: string;
}

/**
 * Removes some, which confirms the rest, or only confirms. Resolves to those whose removal the router refuses: they are still there
 * (T11). Throws unless nothing is pending in the end.
 */
export async function settleRouter<T extends Stanzas>(
  store: Store,
  attempt: TurnAttempt,
  router: LockedRouter,
  { remove, keeps, word = 'removed' }: SettleRouterOptions<T>,
): Promise<ReadonlyMap<T, Error>> {
  const { id } = router.session;
  const isPending = () => ['ours', 'owed'].includes(router.look.pending.kind);
  const send = async (operation: Parameters<LockedRouter['act']>[0]) => {
    await checkFence(store, attempt, [id]);
    if (keeps) awayFromDeadline(router.session, router.look.pending);
    await router.act(operation);
  };
  const refused = remove.length > 0 ? await removal(router, remove, word, send) : new Map<T, Error>();
  await router.discard();
  await router.lookAgain();
  if (isPending()) await confirm(router, router.dialect, send);
  // A mark that stays whatever is confirmed: only a commit can be seen to have been made.
  if (isPending()) await confirm(router, junosBlind, send);
  if (isPending()) throw busy(router.session, 'what was confirmed is still pending');
  return refused;
}

async function removal<T extends Stanzas>(
  router: LockedRouter,
  remove: readonly T[],
  word: string,
  send: (operation: ReturnType<Dialect['commit']>) => Promise<void>,
): Promise<ReadonlyMap<T, Error>> {
  const { reservation } = router.session.reader;
  const commit = (some: readonly T[]) =>
    send(
      router.dialect.commit(
        logDone(
          reservation,
          word,
          some.map(({ gateway }) => gateway),
        ),
      ),
    );
  // Not checked beforehand: a check would confirm what is pending, the dropped among it.
  const trial = await router.loadAndCheck(remove, '-', false);
  if (trial.kind === 'good') {
    try {
      await commit(remove);
      return new Map();
    } catch (error) {
      if (!(error instanceof RpcFailedError)) throw error;
    }
  }
  const { good, bad } = await separate(remove, (some) => router.loadAndCheck(some, '-', true));
  if (good.length > 0) await commit(good);
  return bad;
}

async function confirm(
  router: LockedRouter,
  dialect: Dialect,
  send: (operation: ReturnType<Dialect['confirm']>) => Promise<void>,
): Promise<void> {
  const { reservation } = router.session.reader;
  try {
    await send(dialect.confirm({ id: reservation, log: logDone(reservation, 'kept', []) }));
  } catch (error) {
    // What runs fails its own check: it can't be confirmed, and falls back by itself.
    if (!(error instanceof RpcFailedError)) throw error;
    throw new NotNowError(FAILURES.RouterRefused, error.message, { cause: error });
  }
  await router.lookAgain();
}
