/** What was seen on the routers goes into etcd before anybody is told: what is owed (T6, T7), who is settled. */
import { isSameGateway } from '../../pair/members.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { TurnAttempt } from '../../etcd/pair-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { mayCarry, owedFor } from './members.ts';
import type { Planned } from './members.ts';
import { pay } from './pay-one.ts';
import { assertCurrent } from '../router/fence.ts';
import type { Fate } from './settle-plan.ts';
import type { Away, Side } from '../router/router-sessions.ts';
import { turnsOf } from '../router/commit-history.ts';

/** One router in the end. */
export interface RouterEnd {
  readonly side: Side | Away;
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
  planned: readonly Planned[],
  fates: ReadonlyMap<PairMember, Fate>,
  ends: readonly RouterEnd[],
): Promise<Ends> {
  const members = planned.map(({ member }) => member);
  const kept = members.filter((member) => fates.get(member)?.kind === 'kept');
  assertCurrent(attempt, await store.markKept(attempt, kept));
  for (const { side, absent, owed, notes } of ends) {
    const debts = planned.flatMap(({ member, on }) => {
      const carried = owed.has(member) ? on.get(side.id) : undefined;
      if (carried === undefined) return [];
      const { gateway, role, configuration } = carried;
      const reason = notes.get(member) ?? 'it could not be removed';
      // Where no commit of this turn was permitted for it, it is not on trial by one.
      const turns = mayCarry(side.record, member) ? turnsOf(side.record) : [];
      return [{ gateway, role, configuration, since: new Date().toISOString(), reason, turns }];
    });
    assertCurrent(attempt, await store.addDebts(attempt, side.id, debts));
    const owing = kept.filter(({ gateway }) =>
      side.record.debts.some((debt) => isSameGateway(debt, { gateway })),
    );
    for (const { gateway } of owing) {
      const taken = await store.cancelDebts(attempt, side.id, gateway);
      assertCurrent(attempt, taken !== undefined);
    }
    // Those that stay, too: a pair workflow that takes over must not take them for left behind.
    const done = members.filter((one) => absent.has(one) || owed.has(one) || kept.includes(one));
    assertCurrent(attempt, await store.markWithout(attempt, side.id, done));
    for (const { member, on } of planned) {
      const carried = absent.has(member) ? on.get(side.id) : undefined;
      const paid = carried === undefined ? [] : owedFor(side.record, carried);
      for (const debt of paid) await pay(store, attempt, side.id, debt);
    }
  }
  return members.map((member) => ({
    member,
    fate: withReasons(
      fates.get(member) ?? { kind: 'gone', reason: null },
      ends.flatMap(({ owed, notes }) => (owed.has(member) ? (notes.get(member) ?? []) : [])),
    ),
    owed: ends.filter(({ owed }) => owed.has(member)).map(({ side }) => side.name),
  }));
}

/** Why it is owed stands beside why it went. */
function withReasons(fate: Fate, owing: readonly string[]): Fate {
  if (fate.kind !== 'gone') return fate;
  const reasons = [...(fate.reason === null ? [] : [fate.reason]), ...owing];
  return { kind: 'gone', reason: reasons.length === 0 ? null : [...new Set(reasons)].join('; ') };
}
