/**
 * "Owed change" (T7): inverse changes that a router owes from earlier reservations. The next reservation makes them first, in a separate
 * commit. An owed change is made only if the router still carries its `before`. If somebody has modified that configuration since, it is
 * left alone, and the change stays owed.
 */
import type { OwedChange } from '../../pair/transactions.ts';
import type { Fence } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { commit } from '../../netconf/operations.ts';
import { permitCommit } from '../router/fence.ts';
import { permanentLogLine } from '../router/log-line.ts';
import { foreignCommit } from '../router/lock.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { holds, isAfter } from '../router/presence.ts';
import { separate } from '../router/separate.ts';
import { settleRouter } from '../router/settle-router.ts';
import { markPaid } from './record.ts';

const WORD = 'owed, reverted';

export async function payOwedChanges(store: Store, fence: Fence, router: LockedRouter): Promise<void> {
  const { id, record } = router.session;
  const { kind } = router.look.pending;
  // Another commit would confirm what is pending. So the owed changes wait for the next reservation.
  if (record.owedChanges.length === 0 || kind === 'ours' || kind === 'foreign') return;
  const due = record.owedChanges.filter((owed) => router.presence(owed).kind === 'before');
  if (kind === 'owed') await payOnTrial(store, fence, router, due);
  else if (due.length > 0) await pay(store, fence, router, due);
  for (const owed of record.owedChanges) {
    const presence = router.presence(owed);
    if (isAfter(presence) || holds(presence, 'after')) await markPaid(store, fence, id, owed);
  }
}

/**
 * Makes owed changes while the commit of an earlier reservation that contains them is still pending. That reservation was settled, so
 * everything else in the commit may become permanent. If the router refuses an inverse change, the whole commit is taken back, if nothing but
 * owed changes goes with it; else that change stays owed ("refused revert", T11).
 */
async function payOnTrial(
  store: Store,
  fence: Fence,
  router: LockedRouter,
  due: readonly OwedChange[],
): Promise<void> {
  const { pending } = router.look;
  // None of the owed changes can be made, so we have no reason to confirm the commit ("others' pending commit", T5).
  if (due.length === 0 && pending.kind === 'owed') throw foreignCommit(router.session, pending.whose);
  await settleRouter(store, fence, router, {
    changes: due,
    trial: router.session.record.owedChanges,
    keepsRest: false,
    word: WORD,
  });
}

/** If nothing can be paid, perhaps the router's other routing engine has refused it, and the changes are made without that engine. */
async function pay(
  store: Store,
  fence: Fence,
  router: LockedRouter,
  due: readonly OwedChange[],
): Promise<void> {
  const isPaid = await payTogether(store, fence, router, due);
  if (!isPaid && router.isSynchronized)
    await router.onOneEngine(() => payTogether(store, fence, router, due));
  await router.discard();
  await router.lookAgain();
}

/** Resolves to whether any of the changes was made. */
async function payTogether(
  store: Store,
  fence: Fence,
  router: LockedRouter,
  due: readonly OwedChange[],
): Promise<boolean> {
  const { accepted } = await separate(due, (some) => router.load(some, 'checked'));
  if (accepted.length === 0) return false;
  await permitCommit(store, fence, [router.session.id]);
  const gateways = accepted.map(({ gateway }) => gateway);
  try {
    await router.act(commit({ log: permanentLogLine(fence.reservation, WORD, gateways) }));
    return true;
  } catch (error) {
    // The changes stay owed, and the batch goes on.
    if (!(error instanceof RpcFailedError)) throw error;
    return false;
  }
}
