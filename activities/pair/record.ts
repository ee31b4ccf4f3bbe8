/**
 * Writes into etcd what was seen on the routers, before any saga gets its answer: which members are kept, and which inverse changes are
 * owed ("failed is looked at too", T6; "owed change", T7).
 */
import { oneLine } from '../../gateway/display.ts';
import { isSameGateway } from '../../gateway/resource.ts';
import type { Role } from '../../gateway/resource.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { OwedChange } from '../../pair/router-record.ts';
import type { Refused, SettleOutcome } from '../../pair/transactions.ts';
import type { Fence, Settlement } from '../../etcd/pair-store.ts';
import type { RoutersSecrets } from '../../etcd/plan-record.ts';
import type { Store } from '../../etcd/store.ts';
import type { Dependencies } from '../dependencies.ts';
import { reservationIdsOf } from '../router/commit-history.ts';
import { assertCurrent } from '../router/fence.ts';
import type { RouterSession, UnreachableRouter } from '../router/router-sessions.ts';
import { nameOf } from '../router/router-target.ts';
import { inverse, isPermitted, owedFor } from './members.ts';
import type { PlannedMember } from './members.ts';
import type { Fate } from './settle-plan.ts';

/** The outcome of settling on one router. */
export interface RouterResult {
  readonly router: RouterSession | UnreachableRouter;
  /** Members of which a look found `before`, or nothing that is ours. */
  readonly before: ReadonlySet<PairMember>;
  /** Members whose inverse change is owed. */
  readonly owed: ReadonlySet<PairMember>;
  /** Digests of what the router has in place of secrets, as the last look found it. */
  readonly secrets: ReadonlyMap<PairMember, string>;
  /** Why the inverse change is owed, or how somebody else has changed the configuration. */
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
  for (const result of results) await recordOwed(store, fence, planned, result);
  // Kept members are no longer permitted either. Otherwise a later workflow of the pair would take them for members that were left behind,
  // and revert them.
  const finished = results.map(({ router, before, owed }): [string, readonly PairMember[]] => [
    router.id,
    members.filter((one) => before.has(one) || owed.has(one) || kept.includes(one)),
  ]);
  const settlement: Settlement = {
    kept: planned
      .filter(({ member }) => kept.includes(member))
      .map(({ member, plan, changes }) => {
        const { gateway, run } = member;
        const owing = results.flatMap(
          ({
            router: {
              id,
              record: { owedChanges },
            },
          }) => (owedChanges.some((one) => isSameGateway(one.gateway, gateway)) ? [id] : []),
        );
        return { gateway, run, plan, secrets: secretsOf(member, changes, results), owing };
      }),
    finished: Object.fromEntries(finished),
  };
  assertCurrent(fence, await store.markSettled(fence, settlement));
  for (const { router, before } of results) {
    for (const { member, changes } of planned) {
      const change = before.has(member) ? changes.get(router.id) : undefined;
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

function secretsOf(
  member: PairMember,
  changes: PlannedMember['changes'],
  results: readonly RouterResult[],
): RoutersSecrets | undefined {
  const found = results.flatMap(({ router, secrets }): [Role, string][] => {
    const digest = secrets.get(member);
    const role = changes.get(router.id)?.role;
    return digest === undefined || role === undefined ? [] : [[role, digest]];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** Adds the inverse changes that the router owes now. */
async function recordOwed(
  store: Store,
  fence: Fence,
  planned: readonly PlannedMember[],
  { router, owed, notes, secrets }: RouterResult,
): Promise<void> {
  const owedChanges = planned.flatMap(({ member, changes, plan: { parents } }): OwedChange[] => {
    const change = owed.has(member) ? changes.get(router.id) : undefined;
    if (change === undefined) return [];
    const { gateway, role } = change;
    const reason = notes.get(member) ?? 'it could not be reverted';
    // A member that is not permitted under this reservation is not on trial under it.
    const reservations = isPermitted(router.record, member) ? reservationIdsOf(router.record) : [];
    const since = new Date().toISOString();
    // An owed change has the forms of what the router may carry. Of an update, the plan record knows only the forms of `before`, which the router
    // shall carry again: they don't go into the owed change.
    const isUpdate = change.change.before !== null && change.change.after !== null;
    const digest = secrets.get(member) ?? (isUpdate ? undefined : change.secrets);
    const owedSecrets = digest === undefined ? {} : { secrets: digest };
    return [
      {
        gateway,
        role,
        change: inverse(change).change,
        ...owedSecrets,
        since,
        reason,
        ...(parents && { parents }),
        reservations,
      },
    ];
  });
  assertCurrent(fence, await store.addOwedChanges(fence, router.id, owedChanges));
}

/** Adds the reasons for owed changes to the reason for the revert. */
function withReasons(fate: Fate, owing: readonly string[]): Fate {
  if (fate.kind !== 'reverted') return fate;
  const reasons = [...(fate.reason === null ? [] : [fate.reason]), ...owing];
  return {
    kind: 'reverted',
    reason: reasons.length === 0 ? null : oneLine([...new Set(reasons)].join('; ')),
  };
}

/** Removes an owed change, because a look has shown that it is made. The gateway's claims go with it if nothing else needs them. */
export async function markPaid(
  store: Store,
  fence: Fence,
  routerId: string,
  owedChange: Pick<OwedChange, 'gateway' | 'change' | 'deletion'>,
): Promise<void> {
  assertCurrent(fence, await store.payOwedChange(fence, routerId, owedChange));
}

/**
 * Reports members without a plan as reverted. Nobody knows what they put on the routers. So each router on which such a member is permitted
 * is reported as owing its inverse change, and a person must look.
 */
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
