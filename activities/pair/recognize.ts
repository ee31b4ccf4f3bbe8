/**
 * Recognizes what our own commits have put on the routers although no record says so: etcd was restored from a backup, or somebody removed
 * records. A gateway that both routers carry whole, each by a commit of ours that names it, goes back into the records. If something of it
 * stands there and that can't be done, the gateway is disputed: nothing is touched, and its claims stay.
 */
import { verdictTime } from '../../gateway/policies.ts';
import type { Policy } from '../../gateway/policies.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { isSameGateway } from '../../gateway/resource.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { RouterRecord } from '../../pair/router-record.ts';
import type { Fence } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import { describePath } from '../../netconf/diff.ts';
import { RefusedError } from '../refused.ts';
import type { UnrecordedTrial } from '../router/commit-history.ts';
import { assertCurrent, permitCommit } from '../router/fence.ts';
import { foreignCommit } from '../router/lock.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { isAfter, isBefore } from '../router/presence.ts';
import type { Presence } from '../router/presence.ts';
import { describeUnreadable } from '../router/running.ts';
import { Rejections } from './conflicts.ts';
import { isOurs } from './members.ts';
import type { PlannedMember } from './members.ts';
import { vrrpTimeOf } from './vrrp-time.ts';

export interface Recognized {
  /** Members that go back into the records. */
  readonly members: readonly PlannedMember[];
  readonly disputed: ReadonlyMap<PlannedMember, RefusedError>;
  /** By router id: the trial under a lost reservation by which the router carries these members. */
  readonly trials: ReadonlyMap<string, UnrecordedTrial>;
}

/**
 * Whether a trial under a lost reservation can be confirmed by this batch: it holds members of the batch and nothing else, and there is time
 * left to see them working, which may take `vrrpLimitMs`. If not, the batch waits until the trial has fallen back.
 */
export function mayTakeOver(
  { until, count, names }: UnrecordedTrial,
  members: readonly Pick<PlannedMember, 'member'>[],
  policy: Pick<Policy, 'vrrpLimitMs' | 'confirmMarginMs'>,
): boolean {
  const own = members.filter(({ member }) => names(member.gateway)).length;
  return count > 0 && own === count && Date.now() + verdictTime(policy) + policy.confirmMarginMs < until;
}

/** Throws a `NotNowError` if a trial under a lost reservation must fall back first. To be called before anything is loaded. */
export async function recognize(
  routers: readonly LockedRouter[],
  planned: readonly PlannedMember[],
  policy: Policy,
): Promise<Recognized> {
  const members: PlannedMember[] = [];
  const disputed = new Map<PlannedMember, RefusedError>();
  for (const one of planned) {
    if (routers.some(({ session }) => isRecorded(session.record, one))) continue;
    const views = routers.map((router) => viewOf(router, one));
    // Where both ends are the same, no commit was needed.
    const isWhole = ({ presence, commit }: View) =>
      isAfter(presence) && (commit !== undefined || presence.kind === 'unchanged');
    const maybeOurs = ({ presence, commit }: View) =>
      isAfter(presence) || (!isBefore(presence) && commit !== undefined);
    if (views.every(isWhole) && views.some(({ commit }) => commit !== undefined)) members.push(one);
    else if (isCreation(one) && views.some(maybeOurs)) disputed.set(one, disputeOf(views));
  }
  return { members, disputed, trials: await trialsOf(routers, members, policy) };
}

/** The trials that `members`, which stand under them, take over. The members may need more time than the policy's, by their timers. */
async function trialsOf(
  routers: readonly LockedRouter[],
  members: readonly PlannedMember[],
  policy: Policy,
): Promise<Recognized['trials']> {
  const found = routers.flatMap(({ session, look: { pending, unrecorded } }) => {
    if (unrecorded === undefined) return [];
    const concerned = members.some(({ member }) => unrecorded.names(member.gateway));
    return pending.kind === 'foreign' || concerned ? [{ session, unrecorded }] : [];
  });
  if (found.length === 0) return new Map();
  // A member that has no such time is refused afterwards, when the batch is prepared.
  const { limitMs: vrrpLimitMs } = await vrrpTimeOf(routers, members, policy, new Rejections());
  for (const { session, unrecorded } of found)
    if (!mayTakeOver(unrecorded, members, { ...policy, vrrpLimitMs }))
      throw foreignCommit(session, unrecorded.whose);
  return new Map(found.map(({ session, unrecorded }) => [session.id, unrecorded]));
}

/** Whether the records explain what the router carries of the gateway, at this version or at an earlier one. */
function isRecorded(record: RouterRecord, one: PlannedMember): boolean {
  const { gateway } = one.member;
  return isOurs(record, one) || record.owedChanges.some((owed) => isSameGateway(owed.gateway, gateway));
}

/** Only a creation can meet what nobody explains: the plan record of any other change says what stands. */
function isCreation({ changes }: PlannedMember): boolean {
  return [...changes.values()].every(({ change }) => change.before === null);
}

/** Writes into the records what was recognized, and which of these members are disputed. */
export async function recordRecognized(
  store: Store,
  fence: Fence,
  planned: readonly PlannedMember[],
  { members, disputed, trials }: Recognized,
): Promise<void> {
  if (members.length > 0) {
    const takenOver = [...trials.values()].map(({ reservation }) => reservation);
    await permitCommit(store, fence, fence.routers, membersOf(members), { takenOver });
  }
  for (const isDisputed of [true, false]) {
    const changed = planned.filter(
      (one) => disputed.has(one) === isDisputed && (one.plan.disputed === true) !== isDisputed,
    );
    if (changed.length > 0)
      assertCurrent(fence, await store.markDisputed(fence, membersOf(changed), isDisputed));
  }
}

interface View {
  readonly name: string;
  readonly presence: Presence;
  readonly commit: ReturnType<LockedRouter['look']['appliedBy']>;
}

function viewOf(router: LockedRouter, { member, changes }: PlannedMember): View {
  const { id, name } = router.session;
  const change = changes.get(id);
  const presence: Presence = change === undefined ? { kind: 'before' } : router.presence(change);
  const commit = isBefore(presence) ? undefined : router.look.appliedBy(member.gateway);
  return { name, presence, commit };
}

function disputeOf(views: readonly View[]): RefusedError {
  const found = views.map(sentenceOf).sort().join('; ');
  return new RefusedError(
    FAILURES.Conflict,
    `etcd has no record of what stands on the routers: ${found}; nothing was touched, and the claims stay`,
  );
}

/** What stands on one router, and by which commit. */
function sentenceOf({ name, presence, commit }: View): string {
  const by =
    commit === undefined
      ? 'no commit of gateway-saga in its history put it there'
      : `put there under reservation ${commit.line.reservation}`;
  switch (presence.kind) {
    case 'before':
    case 'absent':
      return `${name} carries nothing of it`;
    case 'modified':
      return `${name} carries it with "${describePath(presence.path)}" changed (${by})`;
    case 'partial':
      return `${name} carries it without "${presence.missing.join(' ')}" (${by})`;
    case 'unreadable':
      return `${name}: ${describeUnreadable(presence)} (${by})`;
    case 'after':
    case 'unchanged':
      return `${name} carries it whole (${by})`;
  }
}

function membersOf(planned: readonly PlannedMember[]): readonly PairMember[] {
  return planned.map(({ member }) => member);
}
