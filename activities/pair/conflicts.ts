/** Reasons why a member can't be applied: somebody else's configuration on a router, or the router's own refusal. */
import { gatewayText, oneLine } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { isUnchanged, ownedBy } from '../../gateway/change.ts';
import { isSameGateway, workflowIdOf } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { within } from '../../junos/select.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { Refused } from '../../pair/transactions.ts';
import { describePath } from '../../netconf/diff.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import type { Store } from '../../etcd/store.ts';
import { namedText } from '../named-text.ts';
import { RefusedError } from '../refused.ts';
import { howToCommit } from '../router/commit.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { problemOfParent } from '../router/family.ts';
import type { Parent } from '../router/family.ts';
import { BelongsToOtherError } from '../router/belongs-to-other.ts';
import { overlapOf, writesIn } from '../router/overlap.ts';
import type { Overlap } from '../router/overlap.ts';
import { isAfter, isToApply } from '../router/presence.ts';
import type { GatewayChange, Presence } from '../router/presence.ts';
import { describeUnreadable, unreadableError } from '../router/running.ts';
import { changesOn, isOurs } from './members.ts';
import type { PlannedMember, RouterChange } from './members.ts';

/** How many owners of what is in the way are named for one batch. */
const OWNERS_NAMED = 16;

/** Members that can't be applied, each with the first reason found. */
export class Rejections {
  readonly #byMember = new Map<PairMember, Refused>();
  readonly #postponed = new Set<PairMember>();
  /** Rejections because something belongs to a gateway of which only the id is known. */
  readonly #owners = new Map<PairMember, { readonly router: string; readonly error: BelongsToOtherError }>();

  /** `router`: its name; `null`: the error names the routers. */
  add(member: PairMember, router: string | null, error: Error): void {
    if (this.#byMember.has(member)) return;
    const type = error instanceof RefusedError ? error.type : FAILURES.RouterRefused;
    const reason = router === null ? error.message : reasonOn(router, error);
    this.#byMember.set(member, { member, type, reason });
    if (router !== null && error instanceof BelongsToOtherError && !error.isNamed)
      this.#owners.set(member, { router, error });
  }

  /** Rejects a member that can't be applied with this batch although nothing is wrong with it. It is applied with the next batch. `router`: as for `add`. */
  postpone(member: PairMember, router: string | null, why: string): void {
    if (this.#byMember.has(member)) return;
    this.add(member, router, new RefusedError(FAILURES.RouterRefused, why));
    this.#postponed.add(member);
  }

  /**
   * The same refusals, with the names that the records of the owners have now. To be called while no router is locked. The batch knows only the names
   * of its own members. One owner may be in the way of many members. At most `OWNERS_NAMED` owners are named; of any other, the id must do.
   */
  async withNames(store: Pick<Store, 'snapshot'>, all: readonly Refused[]): Promise<readonly Refused[]> {
    const owners = all.flatMap(({ member }) => this.#owners.get(member)?.error.owner ?? []);
    const distinct = new Map(owners.map((owner) => [workflowIdOf(owner), owner]));
    const texts = new Map(
      await Promise.all(
        [...distinct]
          .slice(0, OWNERS_NAMED)
          .map(async ([id, owner]) => [id, await namedText(store, owner)] as const),
      ),
    );
    return all.map((one) => {
      const found = this.#owners.get(one.member);
      if (found === undefined) return one;
      const { router, error } = found;
      return { ...one, reason: reasonOn(router, error.with(texts.get(workflowIdOf(error.owner)))) };
    });
  }

  isPostponed(member: PairMember): boolean {
    return this.#postponed.has(member);
  }

  of(member: PairMember): Refused | undefined {
    return this.#byMember.get(member);
  }
}

/** The reason, with the router's name in front. The router's own refusal (`RpcFailedError`) names the router already. */
export function reasonOn(router: string, error: Error): string {
  return oneLine(error instanceof RpcFailedError ? error.message : `${router}: ${error.message}`);
}

/** Whether the router refused the operation, so that it was not carried out. */
export function isRefusal(error: unknown): boolean {
  return error instanceof RpcFailedError || error instanceof RefusedError;
}

/**
 * Rejects a member if the router carries somebody else's configuration in its place, or can't be committed to under its policy. Also rejects a member
 * whose stanzas overlap those of another gateway: of a member before it in the queue, of one of `others`, or of an owed change ("disjoint members",
 * T9). A child's stanza may lie inside its parent's. Then the child is rejected if its parent does not stand there, and if both are to be changed,
 * the one that comes later is postponed. While a commit of ours is pending, a member that is not applied yet is postponed, too. `isTakenOver`: a
 * pending commit of a lost reservation is ours.
 */
export function findConflicts(
  router: LockedRouter,
  planned: readonly PlannedMember[],
  rejections: Rejections,
  {
    others = [],
    isTakenOver = false,
  }: { readonly others?: readonly PlannedMember[]; readonly isTakenOver?: boolean } = {},
): void {
  const { id, name, record } = router.session;
  const isPending = isTakenOver || router.look.pending.kind === 'ours';
  const owed = record.owedChanges.filter((one) => !isAfter(router.presence(one)));
  const taken: GatewayChange[] = [...owed, ...changesOn(others, id)];
  const together: GatewayRef[] = others.map(({ member: { gateway } }) => gateway);
  const isChild = (child: GatewayRef, of: GatewayRef) =>
    router.subject.family.parentsOf(child).some(({ gateway }) => isSameGateway(gateway, of));
  const problemOfParents = parentProblems(router);
  const names = new Map(
    [...others, ...planned].map(({ member }) => [workflowIdOf(member.gateway), member.name]),
  );
  const textOf = (gateway: GatewayRef) => gatewayText(gateway, names.get(workflowIdOf(gateway)));
  for (const one of planned) {
    const { member, changes } = one;
    const change = changes.get(id);
    if (change === undefined || rejections.of(member) !== undefined) continue;
    const presence = router.presence(change);
    // "Prepare both" (T4): nothing is committed on top of a pending commit.
    const isOpen = isToApply(presence, change.change);
    if (isOpen && isPending) {
      rejections.postpone(member, name, 'left out of the commit that is pending there');
      continue;
    }
    const relative = together.find(
      (other) => isChild(other, member.gateway) || isChild(member.gateway, other),
    );
    if (isOpen && relative !== undefined) {
      rejections.postpone(member, name, `${textOf(relative)} goes first`);
      continue;
    }
    const problem =
      problemOfOverlap(overlapOf(change, taken, isChild) ?? overlapOfClaims(router, change), textOf) ??
      (isOpen
        ? (problemOfParents(change) ?? problemOfCommit(router))
        : problemOfPresence(presence, change, isOurs(record, one)));
    if (problem !== undefined) {
      rejections.add(member, name, problem);
      continue;
    }
    taken.push(change);
    if (!isUnchanged(change.change)) together.push(member.gateway);
  }
}

/** Finds a stanza that another gateway has claimed inside one of this change's stanzas, and in which `after` has a statement. */
function overlapOfClaims(router: LockedRouter, change: RouterChange): Overlap | undefined {
  const { after } = change.change;
  if (after === null) return undefined;
  const found = router.subject
    .claimedInside(change)
    .find(({ stanza }) => writesIn({ change: { before: null, after } }, stanza));
  const stanza = found && after.owns.find((own) => within(found.stanza, own));
  return stanza && { stanza, other: found.stanza, owner: found.owner };
}

/** Finds out why a child can't go on the router. What a parent carries there is judged once for all its children. */
function parentProblems(router: LockedRouter): (change: RouterChange) => RefusedError | undefined {
  const known = new Map<Parent, string | undefined>();
  return ({ gateway, change }) => {
    if (change.after === null) return undefined;
    for (const parent of router.subject.family.parentsOf(gateway)) {
      if (!known.has(parent)) known.set(parent, problemOfParent(router.look.running, parent));
      const why = known.get(parent);
      if (why !== undefined) return new RefusedError(FAILURES.Conflict, why);
    }
    return undefined;
  };
}

function problemOfOverlap(
  overlap: Overlap | undefined,
  textOf: (gateway: GatewayRef) => string,
): RefusedError | undefined {
  if (overlap === undefined) return undefined;
  const { stanza, other, owner } = overlap;
  const [own, theirs] = [`"${describePath(stanza)}"`, `"${describePath(other)}"`];
  const what = own === theirs ? own : `${own} overlaps ${theirs}, which`;
  return new BelongsToOtherError(what, owner, textOf(owner));
}

function problemOfCommit(router: LockedRouter): RefusedError | undefined {
  if (howToCommit(router) !== undefined) return undefined;
  const why = 'it has no commits that fall back by themselves, which its policy "confirmedCommits" requires';
  return new RefusedError(FAILURES.RouterRefused, why);
}

function problemOfPresence(
  presence: Presence,
  change: RouterChange,
  isPermitted: boolean,
): RefusedError | undefined {
  const { before, after } = change.change;
  // What a deletion is to remove may be gone already.
  if (isAfter(presence) && (isPermitted || after === null || presence.kind === 'unchanged')) return undefined;
  if (presence.kind === 'unreadable') return unreadableError(presence);
  const isOurOwn = isPermitted || (before !== null && !isAfter(presence));
  const what = isOurOwn
    ? describeModification(presence)
    : `${placeOf(presence, change)} is configured there already,`;
  return new RefusedError(FAILURES.Conflict, `${what} by somebody else`);
}

function describeModification(presence: Presence): string {
  if (presence.kind === 'partial') return `"${describePath(presence.missing)}" was removed`;
  if (presence.kind === 'modified') return `"${describePath(presence.path)}" was changed`;
  return 'it was removed';
}

function placeOf(presence: Presence, { change }: RouterChange): string {
  const [first = []] = ownedBy(change);
  const path =
    presence.kind === 'partial' ? presence.found : presence.kind === 'modified' ? presence.path : first;
  return `"${describePath(path)}"`;
}

/**
 * Members whose revert can't be seen, with the reason: what the router prints for one of their stanzas can't be read. Nobody can say that such a
 * stanza is gone ("failed is looked at too", T6).
 */
export function stillUnreadable(
  router: LockedRouter,
  reverted: readonly RouterChange[],
): ReadonlyMap<PairMember, string> {
  const found = new Map<PairMember, string>();
  for (const change of reverted) {
    const presence = router.presence(change);
    if (presence.kind !== 'unreadable') continue;
    found.set(change.member, oneLine(`${router.session.name}: ${describeUnreadable(presence)}`));
  }
  return found;
}
