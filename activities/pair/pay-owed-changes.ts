/**
 * "Owed change" (T7): inverse changes that a router owes from earlier reservations. The next reservation makes them first, in a separate
 * commit. An owed change is made only if the router still carries its `before`. If somebody has modified that configuration since, it is
 * left alone, and the change stays owed.
 */
import type { OwedChange } from '../../pair/router-record.ts';
import type { Fence } from '../../etcd/pair-store.ts';
import type { OweRefusal } from '../../etcd/plan-record.ts';
import type { Store } from '../../etcd/store.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { commit } from '../../netconf/operations.ts';
import { describePath } from '../../netconf/diff.ts';
import { oneLine } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { SEPARATING_TIMES } from '../../gateway/policies.ts';
import { failureOf, messageOf } from '../classify.ts';
import { assertCurrent, permitCommit } from '../router/fence.ts';
import { permanentLogLine } from '../router/log-line.ts';
import { foreignCommit } from '../router/lock.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { holds, isAfter, isToApply } from '../router/presence.ts';
import type { Presence } from '../router/presence.ts';
import { overAfter, separate } from '../router/separate.ts';
import type { IsOver } from '../router/separate.ts';
import { settleRouter } from '../router/settle-router.ts';
import { mayBeTheOtherEngine } from '../router/synchronization.ts';
import { markPaid } from './record.ts';

const WORD = 'owed, reverted';

export async function payOwedChanges(store: Store, fence: Fence, router: LockedRouter): Promise<void> {
  const { id, record } = router.session;
  const { kind } = router.look.pending;
  // Another commit would confirm what is pending. So the owed changes wait for the next reservation.
  if (record.owedChanges.length === 0 || kind === 'ours' || kind === 'foreign') return;
  const known = await withDecision(store, fence, id, record.owedChanges);
  const due = known.filter((owed) => isDue(router.presence(owed), owed));
  const refused: Refusals = new Map();
  if (kind === 'owed') await payOnTrial(store, fence, router, due);
  else if (due.length > 0) await pay(store, fence, router, due, refused);
  for (const owed of known) {
    const presence = router.presence(owed);
    if (isAfter(presence) || holds(presence, 'after')) await markPaid(store, fence, id, owed);
    else if (owed.deletion === 'deciding' && kind === 'none')
      await giveUp(store, fence, router, owed, refused.get(owed));
  }
}

/** The errors with which the router refused changes. */
type Refusals = Map<OwedChange, Error>;

/**
 * The owed changes that may be made. A change that decides a deletion is left out while no record tells which router is to owe the deletion: if this
 * router made it, the other one would keep what stood.
 */
async function withDecision(
  store: Store,
  fence: Fence,
  id: string,
  owedChanges: readonly OwedChange[],
): Promise<readonly OwedChange[]> {
  const known: OwedChange[] = [];
  for (const owed of owedChanges) {
    const decision = owed.deletion === 'deciding' ? await store.lookAtDecision(fence, id, owed) : 'decides';
    assertCurrent(fence, decision !== undefined);
    if (decision === 'decides') known.push(owed);
  }
  return known;
}

/** A deletion takes what is left of the gateway, as it does where both routers make it. */
function isDue(presence: Presence, { change, deletion }: OwedChange): boolean {
  return deletion !== undefined ? isToApply(presence, change) : presence.kind === 'before';
}

/**
 * Gives up the deletion that this change was to decide, if it can't be made, or somebody has put something into its stanzas. Then both
 * routers still carry what stood. Where a stanza can't be read, nobody knows what stands there: nothing is given up, and the next reservation looks
 * again.
 */
async function giveUp(
  store: Store,
  fence: Fence,
  router: LockedRouter,
  owed: OwedChange,
  refusal: Error | undefined,
): Promise<void> {
  const { name, id } = router.session;
  const presence = router.presence(owed);
  const changed = presence.kind === 'modified' ? presence.path : undefined;
  if (refusal === undefined && changed === undefined) return;
  const said =
    changed !== undefined
      ? { type: FAILURES.Conflict, why: `${name}: "${describePath(changed)}" was changed by somebody else` }
      : refusalOf(name, refusal);
  assertCurrent(fence, await store.giveUpOwedDeletion(fence, id, owed, { ...said, why: oneLine(said.why) }));
}

/** Not only the router refuses a change: the candidate's diff may show what is not the gateway's, or somebody may stand in the way. */
function refusalOf(name: string, error: unknown): OweRefusal {
  const { type } = failureOf(error);
  const what = type === FAILURES.RouterRefused ? ' refuses the deletion' : ": the deletion can't be made";
  return { type, why: `${name}${what}: ${messageOf(error)}` };
}

/**
 * Makes owed changes while the commit of an earlier reservation that contains them is still pending. That reservation was settled, so everything else
 * in the commit may become permanent. If the router refuses an inverse change, it takes the whole commit back, provided that nothing but owed changes
 * goes with it. Otherwise the refused change stays owed ("refused revert", T11).
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

/**
 * Makes the owed changes. If the router refuses all of them, or they meet contention, the reason may be its other routing engine: then they are tried once
 * more without that engine.
 */
async function pay(
  store: Store,
  fence: Fence,
  router: LockedRouter,
  due: readonly OwedChange[],
  refused: Refusals,
): Promise<void> {
  const isOver = overAfter(SEPARATING_TIMES.inversesMs);
  const tryAll = () => payTogether(store, fence, router, due, { refused, isOver });
  const isPaid = await tryAll().catch((error: unknown) => {
    if (!(router.isSynchronized && mayBeTheOtherEngine(error))) throw error;
    return false;
  });
  if (!isPaid && router.isSynchronized) await router.onOneEngine(tryAll);
  await router.discard();
  await router.lookAgain();
}

/** Resolves to whether any of the changes was made. `refused` receives the changes that were not made, with the errors. */
async function payTogether(
  store: Store,
  fence: Fence,
  router: LockedRouter,
  due: readonly OwedChange[],
  { refused, isOver }: { readonly refused: Refusals; readonly isOver: IsOver },
): Promise<boolean> {
  const separated = await separate(due, (some) => router.load(some, 'checked'), isOver);
  const { accepted } = separated;
  refused.clear();
  for (const [owed, error] of separated.refused) refused.set(owed, error);
  if (accepted.length === 0) return false;
  await permitCommit(store, fence, [router.session.id]);
  const gateways = accepted.map(({ gateway }) => gateway);
  try {
    await router.act(commit({ log: permanentLogLine(fence.reservation, WORD, gateways) }));
    return true;
  } catch (error) {
    // The changes stay owed, and the batch goes on.
    if (!(error instanceof RpcFailedError)) throw error;
    for (const owed of accepted) refused.set(owed, error);
    return false;
  }
}
