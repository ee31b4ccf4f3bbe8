/** Writes what was seen on the routers into etcd, before any saga is told: which members are kept, and what is owed (T6, T7). */
import { isSameGateway } from '../../gateway/resource.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { OwedChange, Refused, SettleOutcome } from '../../pair/transactions.ts';
import type { Fence, Settlement } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import type { Dependencies } from '../dependencies.ts';
import { reservationIdsOf } from '../router/commit-history.ts';
import { assertCurrent } from '../router/fence.ts';
import type { RouterSession, UnreachableRouter } from '../router/router-sessions.ts';
import { nameOf } from '../router/router-target.ts';
import { inverse, isPermitted, owedFor } from './members.ts';
import type { PlannedMember } from './members.ts';
import type { Fate } from './settle-plan.ts';

/** What settling came to on one router. */
export interface RouterResult {
  readonly router: RouterSession | UnreachableRouter;
  /** Members that a look found absent. */
  readonly absent: ReadonlySet<PairMember>;
  /** Members whose inverse change is owed. */
  readonly owed: ReadonlySet<PairMember>;
  /** Why the inverse change is owed, or what somebody else made of the configuration. */
  readonly notes: ReadonlyMap<PairMember, string>;
}

export type MemberResults = readonly {
  readonly member: PairMember;
  readonly fate: Fate;
  /** Names of routers. */
  readonly owedOn: readonly string[];
}[];

export async function record(
  { store }: Dependencies,
  fence: Fence,
  planned: readonly PlannedMember[],
  fates: ReadonlyMap<PairMember, Fate>,
  results: readonly RouterResult[],
): Promise<MemberResults> {
  const members = planned.map(({ member }) => member);
  const kept = members.filter((member) => fates.get(member)?.kind === 'kept');
  for (const result of results) await recordOwed(store, fence, planned, kept, result);
  // Kept members are permitted no longer, too: a pair workflow that takes over must not revert them as left behind.
  const finished = results.map(({ router, absent, owed }) => [
    router.id,
    members.filter((one) => absent.has(one) || owed.has(one) || kept.includes(one)),
  ]);
  const settlement = { kept, finished: Object.fromEntries(finished) as Settlement['finished'] };
  assertCurrent(fence, await store.markSettled(fence, settlement));
  for (const { router, absent } of results) {
    for (const { member, changes } of planned) {
      const change = absent.has(member) ? changes.get(router.id) : undefined;
      const paid = change === undefined ? [] : owedFor(router.record, change);
      for (const owedChange of paid) await markPaid(store, fence, router.id, owedChange);
    }
  }
  return members.map((member) => ({
    member,
    fate: withReasons(
      fates.get(member) ?? { kind: 'reverted', reason: null },
      results.flatMap(({ owed, notes }) => (owed.has(member) ? (notes.get(member) ?? []) : [])),
    ),
    owedOn: results.filter(({ owed }) => owed.has(member)).map(({ router }) => router.name),
  }));
}

/** Adds what the router owes now, and cancels what it owed of gateways that are kept. */
async function recordOwed(
  store: Store,
  fence: Fence,
  planned: readonly PlannedMember[],
  kept: readonly PairMember[],
  { router, owed, notes }: RouterResult,
): Promise<void> {
  const owedChanges = planned.flatMap(({ member, changes }): OwedChange[] => {
    const change = owed.has(member) ? changes.get(router.id) : undefined;
    if (change === undefined) return [];
    const { gateway, role } = change;
    const reason = notes.get(member) ?? 'it could not be reverted';
    // A member that is not permitted under this reservation is not on trial under it.
    const reservations = isPermitted(router.record, member) ? reservationIdsOf(router.record) : [];
    const since = new Date().toISOString();
    return [{ gateway, role, change: inverse(change).change, since, reason, reservations }];
  });
  assertCurrent(fence, await store.addOwedChanges(fence, router.id, owedChanges));
  const owing = kept.filter(({ gateway }) =>
    router.record.owedChanges.some((one) => isSameGateway(one.gateway, gateway)),
  );
  for (const { gateway } of owing) {
    const cancelled = await store.cancelOwedChanges(fence, router.id, gateway);
    assertCurrent(fence, cancelled !== undefined);
  }
}

/** The reason for an owed change stands beside the reason for the revert. */
function withReasons(fate: Fate, owing: readonly string[]): Fate {
  if (fate.kind !== 'reverted') return fate;
  const reasons = [...(fate.reason === null ? [] : [fate.reason]), ...owing];
  return { kind: 'reverted', reason: reasons.length === 0 ? null : [...new Set(reasons)].join('; ') };
}

/** The owed change was seen made. With the last one that its gateway owes, the claims that were kept for it are freed. */
export async function markPaid(
  store: Store,
  fence: Fence,
  routerId: string,
  owedChange: Pick<OwedChange, 'gateway' | 'change'>,
): Promise<void> {
  assertCurrent(fence, await store.payOwedChange(fence, routerId, owedChange));
  await store.freeClaims(owedChange.gateway);
}

/** Members without a plan: nobody can tell what they put on the routers. Where they are permitted, somebody has to look. */
export async function withoutPlan(
  { store }: Dependencies,
  routers: readonly string[],
  unplanned: readonly Refused[],
): Promise<SettleOutcome['reverted']> {
  if (unplanned.length === 0) return [];
  const found = await Promise.all(
    routers.map(async (id) => ({
      record: await store.router(id),
      name: await nameOf(store, id),
    })),
  );
  return unplanned.map(({ member, reason }) => ({
    member,
    reason,
    owedOn: found.filter(({ record: one }) => isPermitted(one, member)).map(({ name }) => name),
  }));
}
