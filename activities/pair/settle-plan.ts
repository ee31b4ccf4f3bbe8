/** What is to become of a batch, from what both routers carry: pure. */
import type { PairMember } from '../../pair/messages.ts';
import { describePath } from '../../netconf/diff.ts';
import type { Pending } from '../router/commit-history.ts';
import type { Standing } from '../router/presence.ts';

/** One router as it was seen, under the lock. */
export interface View {
  readonly name: string;
  readonly pending: Pending;
  /** How often the turn has put something on trial there. */
  readonly trials: number;
  readonly standing: (member: PairMember) => Standing;
  /** What stands there is ours to remove. */
  readonly isOurs: (member: PairMember) => boolean;
}

export type Fate =
  | { readonly kind: 'kept' }
  | { readonly kind: 'again' }
  | { readonly kind: 'reverted'; readonly reason: string | null };

export interface SettlePlan {
  readonly fates: ReadonlyMap<PairMember, Fate>;
  /** Of each router, in the order given: who is to be removed there. */
  readonly remove: readonly ReadonlySet<PairMember>[];
}

/** A gateway that fell back is put on trial once more, not for ever (T12). */
const TRIALS = 2;

export function planSettle(
  views: readonly View[],
  keep: readonly PairMember[],
  drop: readonly PairMember[],
): SettlePlan {
  const fates = new Map<PairMember, Fate>();
  const remove = views.map(() => new Set<PairMember>());
  const removeFrom = (member: PairMember, which: (view: View) => boolean): void => {
    for (const [index, view] of views.entries()) {
      const stands = view.standing(member).kind !== 'absent';
      if (stands && view.isOurs(member) && which(view)) remove[index]?.add(member);
    }
  };
  for (const member of drop) {
    fates.set(member, { kind: 'reverted', reason: noteOn(views, member) });
    removeFrom(member, () => true);
  }
  for (const member of keep) {
    const fate = fateOf(views, member);
    fates.set(member, fate);
    // Rolled forward where it is permanent already: applied again on the other one alone. What is on trial goes.
    if (fate.kind === 'again') removeFrom(member, ({ pending }) => pending.kind === 'ours');
    if (fate.kind === 'reverted') removeFrom(member, () => true);
  }
  return { fates, remove };
}

function fateOf(views: readonly View[], member: PairMember): Fate {
  const standings = views.map((view) => view.standing(member).kind);
  const carries = (index: number) => standings[index] === 'after' || standings[index] === 'modified';
  if (views.every((_, index) => carries(index))) return { kind: 'kept' };
  // Ours no more, but there: an attempt before this one has seen it permanent on both, and could not say so.
  if (views.some((view, index) => carries(index) && !view.isOurs(member))) return { kind: 'kept' };
  const part = noteOn(views, member);
  if (standings.includes('partial')) return { kind: 'reverted', reason: part };
  const back = views.filter((_, index) => !carries(index));
  if (back.every(({ trials }) => trials < TRIALS)) return { kind: 'again' };
  const names = back.map(({ name }) => name).join(' and ');
  return { kind: 'reverted', reason: `${names}: fell back ${TRIALS} times before it could be made permanent` };
}

/** What somebody else has made of it. */
export function noteOn(views: readonly Pick<View, 'name' | 'standing'>[], member: PairMember): string | null {
  for (const view of views) {
    const standing = view.standing(member);
    if (standing.kind === 'modified')
      return `${view.name}: "${describePath(standing.path)}" was changed by somebody else`;
    if (standing.kind === 'partial')
      return `${view.name}: "${standing.missing.join(' ')}" was removed by somebody else`;
  }
  return null;
}
