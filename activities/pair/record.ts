/** What was seen on the routers goes into etcd before anybody is told: what is owed (T6, T7), who is settled. */
import { isSameGateway } from '../../pair/members.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { TurnAttempt } from '../../etcd/pair-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { isPermitted, owedFor } from './members.ts';
import type { PlannedMember } from './members.ts';
import { payOwedChange } from './pay-one.ts';
import { assertCurrent } from '../router/fence.ts';
import type { Fate } from './settle-plan.ts';
import type { UnreachableRouter, RouterSession } from '../router/router-sessions.ts';
import { reservationsOf } from '../router/commit-history.ts';

/** One router in the end. */
export interface RouterEnd {
  readonly side: RouterSession | UnreachableRouter;
  /** Seen without them. */
  readonly absent: ReadonlySet<PairMember>;
  /** They are to be removed there later. */
  readonly owed: ReadonlySet<PairMember>;
  /** Why, for those that are owed; or what somebody had made of them. */
  readonly notes: ReadonlyMap<PairMember, string>;
}

export type Ends = readonly {
  readonly member: PairMember;
  readonly fate: Fate;
  /** Names of routers. */
  readonly owed: readonly string[];
}[];

export async function record(
  { store }: Dependencies,
  attempt: TurnAttempt,
  planned: readonly PlannedMember[],
  fates: ReadonlyMap<PairMember, Fate>,
  ends: readonly RouterEnd[],
): Promise<Ends> {
  const members = planned.map(({ member }) => member);
  const kept = members.filter((member) => fates.get(member)?.kind === 'kept');
  assertCurrent(attempt, await store.markKept(attempt, kept));
  for (const { side, absent, owed, notes } of ends) {
    const owedChanges = planned.flatMap(({ member, on }) => {
      const carried = owed.has(member) ? on.get(side.id) : undefined;
      if (carried === undefined) return [];
      const { gateway, role, configuration } = carried;
      const reason = notes.get(member) ?? 'it could not be removed';
      // Where no commit of this turn was permitted for it, it is not on trial by one.
      const reservations = isPermitted(side.record, member) ? reservationsOf(side.record) : [];
      return [{ gateway, role, configuration, since: new Date().toISOString(), reason, reservations }];
    });
    assertCurrent(attempt, await store.addOwedChanges(attempt, side.id, owedChanges));
    const owing = kept.filter(({ gateway }) =>
      side.record.owedChanges.some((owedChange) => isSameGateway(owedChange, { gateway })),
    );
    for (const { gateway } of owing) {
      const taken = await store.cancelOwedChanges(attempt, side.id, gateway);
      assertCurrent(attempt, taken !== undefined);
    }
    // Those that stay, too: a pair workflow that takes over must not take them for left behind.
    const done = members.filter((one) => absent.has(one) || owed.has(one) || kept.includes(one));
    assertCurrent(attempt, await store.markAbsent(attempt, side.id, done));
    for (const { member, on } of planned) {
      const carried = absent.has(member) ? on.get(side.id) : undefined;
      const paid = carried === undefined ? [] : owedFor(side.record, carried);
      for (const owedChange of paid) await payOwedChange(store, attempt, side.id, owedChange);
    }
  }
  return members.map((member) => ({
    member,
    fate: withReasons(
      fates.get(member) ?? { kind: 'reverted', reason: null },
      ends.flatMap(({ owed, notes }) => (owed.has(member) ? (notes.get(member) ?? []) : [])),
    ),
    owed: ends.filter(({ owed }) => owed.has(member)).map(({ side }) => side.name),
  }));
}

/** Why it is owed stands beside why it went. */
function withReasons(fate: Fate, owing: readonly string[]): Fate {
  if (fate.kind !== 'reverted') return fate;
  const reasons = [...(fate.reason === null ? [] : [fate.reason]), ...owing];
  return { kind: 'reverted', reason: reasons.length === 0 ? null : [...new Set(reasons)].join('; ') };
}
