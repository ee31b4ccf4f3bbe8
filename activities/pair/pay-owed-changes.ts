/**
 * Removals that a router owes from turns before this one (T7): paid by whoever has the turn, before anything else, in a commit of
 * their own. Only what is as it was rendered is deleted; what somebody has changed since is left, and stays owed.
 */
import type { OwedChange } from '../../pair/transactions.ts';
import type { Store } from '../../etcd/store.ts';
import type { TurnAttempt } from '../../etcd/pair-store.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { logDone } from '../router/log-line.ts';
import { foreign } from '../router/lock.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { payOwedChange } from './pay-one.ts';
import { checkFence } from '../router/fence.ts';
import { separate } from '../router/separate.ts';
import { settleRouter } from './settle-router.ts';

const OWED = 'owed, removed';

export async function payOwedChanges(store: Store, attempt: TurnAttempt, router: LockedRouter): Promise<void> {
  const { id, record } = router.session;
  const { kind } = router.look.pending;
  // A commit would confirm what of ours is pending: then they are paid by the next turn.
  if (record.owedChanges.length === 0 || kind === 'ours') return;
  const due = record.owedChanges.filter((owedChange) => router.standing(owedChange).kind === 'after');
  if (kind === 'owed') await removeOnTrial(store, attempt, router, due);
  else if (due.length > 0) await remove(store, attempt, router, due);
  for (const owedChange of record.owedChanges) {
    if (router.standing(owedChange).kind === 'absent') await payOwedChange(store, attempt, id, owedChange);
  }
}

/**
 * They are in a commit that is pending since the turn that owes them. As that turn was settled, it holds nothing else that must not be
 * permanent, but for what the router refuses to give up: that stays owed (T11).
 */
async function removeOnTrial(
  store: Store,
  attempt: TurnAttempt,
  router: LockedRouter,
  due: readonly OwedChange[],
): Promise<void> {
  const { pending } = router.look;
  // Nothing of it is left as we know it: whatever it is, it is not ours to confirm (T5).
  if (due.length === 0 && pending.kind === 'owed') throw foreign(router.session, pending.whose);
  await settleRouter(store, attempt, router, { remove: due, keeps: false, word: OWED });
}

async function remove(
  store: Store,
  attempt: TurnAttempt,
  router: LockedRouter,
  due: readonly OwedChange[],
): Promise<void> {
  const { good } = await separate(due, (owedChanges) => router.loadAndCheck(owedChanges, '-', true));
  if (good.length > 0) {
    await checkFence(store, attempt, [router.session.id]);
    const gateways = good.map(({ gateway }) => gateway);
    try {
      await router.act(router.dialect.commit(logDone(attempt.reservation, OWED, gateways)));
    } catch (error) {
      // They stay owed; the batch doesn't suffer from it.
      if (!(error instanceof RpcFailedError)) throw error;
    }
  }
  await router.discard();
  await router.lookAgain();
}
