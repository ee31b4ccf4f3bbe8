/**
 * "Owed change" (T7): inverse changes that a router owes from earlier reservations. Whoever has the reservation makes them first, in a
 * commit of their own. Only what still equals its `before` is touched; what somebody has modified since stays, and stays owed.
 */
import type { OwedChange } from '../../pair/transactions.ts';
import type { Fence } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { commit } from '../../netconf/operations.ts';
import { permanentLogLine } from '../router/commit-history.ts';
import { checkFence } from '../router/fence.ts';
import { separate } from '../router/load.ts';
import { foreignCommit } from '../router/locked-router.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { settleRouter } from '../router/settle-router.ts';
import { markPaid } from './record.ts';

const WORD = 'owed, reverted';

export async function payOwedChanges(store: Store, fence: Fence, router: LockedRouter): Promise<void> {
  const { id, record } = router.session;
  const { kind } = router.look.pending;
  // A commit would confirm what of ours is pending: then the next reservation pays.
  if (record.owedChanges.length === 0 || kind === 'ours') return;
  const due = record.owedChanges.filter((owed) => router.presence(owed).kind === 'before');
  if (kind === 'owed') await payOnTrial(store, fence, router, due);
  else if (due.length > 0) await pay(store, fence, router, due);
  for (const owed of record.owedChanges) {
    if (router.presence(owed).kind === 'absent') await markPaid(store, fence, id, owed);
  }
}

/**
 * What is owed is in a commit that is still pending since the reservation that owes it. That reservation was settled, so the commit holds
 * nothing else that must not become permanent, except what the router refuses to give up: that stays owed (T11).
 */
async function payOnTrial(
  store: Store,
  fence: Fence,
  router: LockedRouter,
  due: readonly OwedChange[],
): Promise<void> {
  const { pending } = router.look;
  // The commit holds nothing that we know: whatever it is, it is not ours to confirm (T5).
  if (due.length === 0 && pending.kind === 'owed') throw foreignCommit(router.session, pending.whose);
  await settleRouter(store, fence, router, { changes: due, keepsRest: false, word: WORD });
}

async function pay(
  store: Store,
  fence: Fence,
  router: LockedRouter,
  due: readonly OwedChange[],
): Promise<void> {
  const { accepted } = await separate(due, (some) => router.load(some, true));
  if (accepted.length > 0) {
    await checkFence(store, fence, [router.session.id]);
    const gateways = accepted.map(({ gateway }) => gateway);
    try {
      await router.act(commit({ log: permanentLogLine(fence.reservation, WORD, gateways) }));
    } catch (error) {
      // They stay owed. The batch does not suffer from it.
      if (!(error instanceof RpcFailedError)) throw error;
    }
  }
  await router.discard();
  await router.lookAgain();
}
