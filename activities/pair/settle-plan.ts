/** Decides the fate of each member of a batch from what both routers carry. Pure. */
import type { PairMember } from '../../pair/messages.ts';
import { describePath } from '../../netconf/diff.ts';
import type { PendingState } from '../router/commit-history.ts';
import { isAfter, isBefore } from '../router/presence.ts';
import type { Presence } from '../router/presence.ts';
import { describeUnreadable } from '../router/running.ts';

/** One router as a look under the lock showed it. */
export interface RouterView {
  readonly name: string;
  readonly pending: PendingState;
  /** How many commits on trial this reservation has made there. */
  readonly trials: number;
  readonly presence: (member: PairMember) => Presence;
  /** Whether nothing stood there before the member's change. */
  readonly isCreated: (member: PairMember) => boolean;
  /** Whether what the router carries of the member is ours, so that it may be reverted. */
  readonly isOurs: (member: PairMember) => boolean;
  /** Whether our last commit that names the member took the whole trial back. Only for a member that the router does not carry. */
  readonly wasTakenBack: (member: PairMember) => boolean;
}

export type Fate =
  | { readonly kind: 'kept' }
  /** It must be applied again. */
  | { readonly kind: 'fell back' }
  | { readonly kind: 'reverted'; readonly reason: string | null };

export interface SettlePlan {
  readonly fates: ReadonlyMap<PairMember, Fate>;
  /** Per router, in the order given: the members to revert there. */
  readonly revert: readonly ReadonlySet<PairMember>[];
}

/**
 * How many commits on trial a router may get under one reservation. A gateway that falls back after the first is applied again; after the
 * second it is reverted ("split confirm", T12).
 */
const MAX_TRIALS = 2;

/**
 * `earlier`: the fates of the last plan, if that plan was carried out only in part, or came out otherwise than planned. A member that was to be
 * reverted then is still to be reverted, for the same reason.
 */
export function planSettle(
  views: readonly RouterView[],
  toConfirm: readonly PairMember[],
  toRevert: readonly PairMember[],
  earlier: SettlePlan['fates'] = new Map(),
): SettlePlan {
  const fates = new Map<PairMember, Fate>();
  const revert = views.map(() => new Set<PairMember>());
  const revertOn = (member: PairMember, where: (view: RouterView) => boolean): void => {
    for (const [index, view] of views.entries()) {
      if (!isBefore(view.presence(member)) && view.isOurs(member) && where(view)) revert[index]?.add(member);
    }
  };
  const revertedBefore = (member: PairMember): Fate | undefined => {
    const fate = earlier.get(member);
    return fate?.kind === 'reverted' ? fate : undefined;
  };
  for (const member of toRevert) {
    fates.set(member, revertedBefore(member) ?? { kind: 'reverted', reason: noteOn(views, member) });
    revertOn(member, () => true);
  }
  for (const member of toConfirm) {
    const fate = revertedBefore(member) ?? fateOf(views, member);
    fates.set(member, fate);
    // Where the member is still on trial, it is reverted. Where it is permanent already, it stays, and only the other router applies it
    // again.
    if (fate.kind === 'fell back') revertOn(member, ({ pending }) => pending.kind === 'ours');
    if (fate.kind === 'reverted') revertOn(member, () => true);
  }
  return { fates, revert };
}

function fateOf(views: readonly RouterView[], member: PairMember): Fate {
  const presences = views.map((view) => view.presence(member).kind);
  const carries = (index: number) => {
    const view = views[index] as RouterView;
    const presence = view.presence(member);
    // If somebody has changed what we put there, it stays as it is now, unless something else stood there before us.
    return isAfter(presence) || (presence.kind === 'modified' && view.isCreated(member));
  };
  if (views.every((_, index) => carries(index))) return { kind: 'kept' };
  // A router carries the member, but the member is ours on none any more: an earlier attempt saw it permanent on both routers, and the result of
  // that attempt was lost. A router on which both ends are the same proves nothing.
  const isSettled = views.every((view) => !view.isOurs(member));
  if (isSettled && presences.some((kind, index) => carries(index) && kind !== 'unchanged'))
    return { kind: 'kept' };
  if (presences.some((kind, index) => !carries(index) && kind !== 'before'))
    return { kind: 'reverted', reason: noteOn(views, member) };
  const fallenBack = views.filter((_, index) => !carries(index));
  if (fallenBack.every(({ trials }) => trials < MAX_TRIALS)) return { kind: 'fell back' };
  const names = fallenBack.map(({ name }) => name).join(' and ');
  const permanent = 'before it could be made permanent';
  const reason = fallenBack.some((view) => view.wasTakenBack(member))
    ? `${names}: ${MAX_TRIALS} trials ended ${permanent}, the last one because the router refused to revert another gateway`
    : `${names}: fell back ${MAX_TRIALS} times ${permanent}`;
  return { kind: 'reverted', reason };
}

/** How somebody else has changed the member's configuration, or that it can't be read; `null`: it is as it was. */
export function noteOn(
  views: readonly Pick<RouterView, 'name' | 'presence'>[],
  member: PairMember,
): string | null {
  for (const view of views) {
    const presence = view.presence(member);
    if (presence.kind === 'unreadable') return `${view.name}: ${describeUnreadable(presence)}`;
    if (presence.kind === 'modified')
      return `${view.name}: "${describePath(presence.path)}" was changed by somebody else`;
    if (presence.kind === 'partial')
      return `${view.name}: "${describePath(presence.missing)}" was removed by somebody else`;
    if (presence.kind === 'absent') return `${view.name}: it was removed by somebody else`;
  }
  return null;
}
