/** The outcome of applying a batch, from what both routers did. */
import { verdictTime } from '../../gateway/policies.ts';
import type { Policy } from '../../gateway/policies.ts';
import type { VrrpTime } from '../../gateway/vrrp-time.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { ApplyOutcome, Refused } from '../../pair/transactions.ts';
import { failureOf, messageOf } from '../classify.ts';
import type { Committed } from '../router/commit.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { isAfter, isBefore } from '../router/presence.ts';
import type { Rejections } from './conflicts.ts';
import { isOurs } from './members.ts';
import type { PlannedMember } from './members.ts';

/** The members of one trial. */
export interface TrialMembers {
  readonly planned: readonly PlannedMember[];
  /** The members that both routers carry already or have accepted. */
  readonly agreed: readonly PlannedMember[];
  readonly rejections: Rejections;
  /** The error with which a router refused the commit. `undefined`: no router refused it. */
  readonly refusal: unknown;
  readonly vrrp: VrrpTime;
}

/** The outcome when no member was applied. */
export const NOTHING_APPLIED: ApplyOutcome = {
  applied: [],
  refused: [],
  toRevert: [],
  commits: {},
  confirmBy: null,
  verdictMs: null,
};

/** The outcome of a trial that both routers committed, or that a router refused. `results`: one per router, in the order of `routers`. */
export function outcomeOf(
  policy: Policy,
  routers: readonly LockedRouter[],
  { planned, agreed, rejections, refusal, vrrp }: TrialMembers,
  results: readonly PromiseSettledResult<Committed>[],
): ApplyOutcome {
  const members = agreed.map(({ member }) => member);
  const committed = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  const confirmBy = committed
    .flatMap((one) => one?.until ?? [])
    .map((until) => until - policy.confirmMarginMs);
  const rejected = planned.flatMap(({ member }) => rejections.of(member) ?? []);
  // If a router carries a rejected member already, the member must be reverted there.
  const stands = ({ member }: Refused) =>
    routers.some((router) =>
      planned.some(
        (one) => one.member === member && isOurs(router.session.record, one) && !isUntouched(router, one),
      ),
    );
  const refused = rejected.filter((one) => !stands(one));
  const ways = routers.map((router, index) =>
    agreed.some((one) => isCommitted(router, one)) ? (committed[index]?.how ?? null) : null,
  );
  const plainCommits = routers
    .filter((_, index) => ways[index] === 'plain')
    .map(({ session }) => session.name)
    .sort();
  return {
    applied: refusal === undefined ? members : [],
    refused: refused.filter(({ member }) => !rejections.isPostponed(member)),
    postponed: refused.map(({ member }) => member).filter((member) => rejections.isPostponed(member)),
    toRevert: [
      ...rejected.filter(stands),
      ...(refusal === undefined ? [] : members.map((member) => refusedOf(member, refusal))),
    ],
    commits: Object.fromEntries(routers.map(({ session }, index) => [session.id, ways[index] ?? null])),
    ...(plainCommits.length > 0 && { plainCommits }),
    confirmBy: confirmBy.length === 0 ? null : isoOf(Math.min(...confirmBy)),
    verdictMs:
      agreed.length === 0
        ? null
        : Math.max(
            Math.min(...confirmBy.map((by) => by - Date.now()), verdictTime({ vrrpLimitMs: vrrp.limitMs })),
            1,
          ),
    ...(agreed.length > 0 && { vrrp }),
  };
}

function isUntouched(router: LockedRouter, { changes }: PlannedMember): boolean {
  const change = changes.get(router.session.id);
  return change === undefined || isBefore(router.presence(change));
}

/** Whether the router was committed to for this member, now or before: not if both ends are the same there, or what was to be deleted was gone already. */
function isCommitted(router: LockedRouter, one: PlannedMember): boolean {
  const change = one.changes.get(router.session.id);
  if (change === undefined) return false;
  const presence = router.presence(change);
  if (isAfter(presence) && change.change.after === null) return isOurs(router.session.record, one);
  return presence.kind !== 'unchanged';
}

function refusedOf(member: PairMember, error: unknown): Refused {
  return { member, type: failureOf(error).type, reason: messageOf(error) };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
