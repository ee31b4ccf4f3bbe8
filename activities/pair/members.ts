/** The members of a batch, each with the change that each router is to carry. */
import { isDeepStrictEqual } from 'node:util';
import { inverseOf } from '../../gateway/change.ts';
import { oneLine } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { ROLES, isSameGateway } from '../../gateway/resource.ts';
import type { Role } from '../../gateway/resource.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { OwedChange, RouterRecord } from '../../pair/router-record.ts';
import type { Refused } from '../../pair/transactions.ts';
import { isKeptAt, isOwnedBy } from '../../etcd/plan-record.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { hasEnded as isEnded, isComplete } from '../../etcd/state.ts';
import type { StateFacts } from '../../etcd/state.ts';
import type { Store } from '../../etcd/store.ts';
import { failureOf } from '../classify.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import type { GatewayChange } from '../router/presence.ts';

/** What one router is to carry for one member. */
export interface RouterChange extends GatewayChange {
  readonly member: PairMember;
  readonly role: Role;
}

export interface PlannedMember {
  readonly member: PairMember;
  /** By router id. */
  readonly changes: ReadonlyMap<string, RouterChange>;
  /** The change is permanent on both routers, as the plan record says. An earlier workflow of the pair may have kept it. */
  readonly kept: boolean;
  readonly plan: PlanRecord;
  /** `/state` of its gateway. */
  readonly state: StateFacts | undefined;
}

export interface PlannedBatch {
  readonly planned: readonly PlannedMember[];
  /** Members whose plan was taken over, is gone or can't be read. Nobody knows what they own, so they can be neither applied nor looked for. */
  readonly unplanned: readonly Refused[];
}

/**
 * Reads the plans of all members in one request, and their `/state` in another. `ofNewerRuns`: accepts the plan of a newer run as well. Such a
 * plan also tells what the older run put on the routers, because a run takes over an older run's plan only if both ends are the same.
 */
export async function readBatch(
  { plans, states }: Pick<Store, 'plans' | 'states'>,
  routers: readonly [string, string],
  members: readonly PairMember[],
  { ofNewerRuns = false }: { readonly ofNewerRuns?: boolean } = {},
): Promise<PlannedBatch> {
  const gateways = members.map(({ gateway }) => gateway);
  const [records, facts] = await Promise.all([plans(gateways), states(gateways)]);
  const planned: PlannedMember[] = [];
  const unplanned: Refused[] = [];
  for (const [index, member] of members.entries()) {
    const record = records[index];
    const problem = problemOf(member, record, routers, ofNewerRuns);
    if (problem !== undefined) unplanned.push({ member, ...problem });
    else planned.push({ member, ...plannedOf(member, record as PlanRecord), state: facts[index] });
  }
  return { planned, unplanned };
}

function problemOf(
  { gateway, run }: PairMember,
  record: PlanRecord | Error | undefined,
  routers: readonly string[],
  ofNewerRuns: boolean,
): Pick<Refused, 'type' | 'reason'> | undefined {
  if (record instanceof Error) return { type: failureOf(record).type, reason: oneLine(record.message) };
  if (record === undefined) return { type: FAILURES.RecordsGone, reason: 'its records in etcd are gone' };
  const isTakenOver = record.run !== run && !ofNewerRuns;
  if (isTakenOver || record.gateway.version !== gateway.version)
    return { type: FAILURES.Superseded, reason: 'another run has taken this gateway over' };
  const own = ROLES.map((role) => record.routers[role].id);
  if (own.every((id) => routers.includes(id)) && own[0] !== own[1]) return undefined;
  return {
    type: FAILURES.Internal,
    reason: `expected a plan for routers ${routers.join(', ')}, got ${own.join(', ')}`,
  };
}

function plannedOf(member: PairMember, record: PlanRecord): Pick<PlannedMember, 'changes' | 'kept' | 'plan'> {
  const { gateway, run } = member;
  const changes = new Map(
    ROLES.map((role) => {
      const { id, before, after } = record.routers[role];
      const secrets = record.secrets?.[role];
      const isFinal = isKeptAt(record, gateway) && { kept: true };
      return [id, { member, gateway, role, change: { before, after }, secrets, ...isFinal }];
    }),
  );
  return { changes, kept: isOwnedBy(record, gateway, run) && record.kept === true, plan: record };
}

/** Of these changes, the digests of what the router has in place of secrets, as the last look found it. */
export function secretsOn(
  router: LockedRouter,
  changes: readonly RouterChange[],
): ReadonlyMap<PairMember, string> {
  return new Map(
    changes.flatMap((change) => {
      const presence = router.presence(change);
      const secrets = 'secrets' in presence ? presence.secrets : undefined;
      return secrets === undefined ? [] : [[change.member, secrets] as const];
    }),
  );
}

/** The changes of all these members on one router. */
export function changesOn(planned: readonly PlannedMember[], routerId: string): readonly RouterChange[] {
  return planned.flatMap(({ changes }) => changes.get(routerId) ?? []);
}

/** The inverse change, for the same member. */
export function inverse(change: RouterChange): RouterChange {
  return { ...change, change: inverseOf(change.change) };
}

/**
 * Whether the router's record permits this member: it may have been committed there, and since then nobody has written down that the router carries
 * its `before`, that its inverse change is owed, or that it is kept. Then whatever the router carries of the member is ours ("disjoint members", T9).
 */
export function isPermitted({ reservation }: RouterRecord, { gateway, run }: PairMember): boolean {
  return (reservation?.members ?? []).some(
    (member) =>
      member.run === run &&
      isSameGateway(member.gateway, gateway) &&
      member.gateway.version === gateway.version,
  );
}

/**
 * Whether another run of one of these gateways is permitted under this reservation. Then the pair's workflow was reset and doesn't remember
 * that run. The workflow must reserve the routers again, and settle the members that were left behind.
 */
export function hasForgottenRun({ reservation }: RouterRecord, members: readonly PairMember[]): boolean {
  return (reservation?.members ?? []).some((left) =>
    members.some((member) => isSameGateway(left.gateway, member.gateway) && left.run !== member.run),
  );
}

/**
 * Whether what the router carries of the member is ours: the member is permitted under this reservation, or it was made permanent under an
 * earlier one, or the router owes its inverse change.
 */
export function isOurs(
  record: RouterRecord,
  { member, kept, changes }: Pick<PlannedMember, 'member' | 'kept' | 'changes'>,
): boolean {
  return (
    kept ||
    isPermitted(record, member) ||
    [...changes.values()].some((change) => owedFor(record, change).length > 0)
  );
}

/**
 * Whether the router may carry something of the member that is ours: also if its plan record was gone and is written again. Then only a look
 * at the commit history can tell.
 */
export function mayBeOurs(record: RouterRecord, one: PlannedMember): boolean {
  return isOurs(record, one) || one.plan.restored === true;
}

/** As `isOurs`, after a look: what a commit of ours put there is ours, too, if the member's plan record was gone and is written again. */
export function isOursOn({ session, look }: LockedRouter, one: PlannedMember): boolean {
  const isNamed = () => one.plan.restored === true && look.appliedBy(one.member.gateway) !== undefined;
  return isOurs(session.record, one) || isNamed();
}

/** The router's owed changes that are the inverse of this change. */
export function owedFor(
  { owedChanges }: RouterRecord,
  { gateway, change }: GatewayChange,
): readonly OwedChange[] {
  const owed = inverseOf(change);
  return owedChanges.filter(
    (one) => isDeepStrictEqual(one.gateway, gateway) && isDeepStrictEqual(one.change, owed),
  );
}

/** "Settled state stays" (T10): `/state` has this version or a newer one, so nothing is changed any more. The failure that the run replaces does not count. */
export function hasEnded({ member, state, plan }: PlannedMember): boolean {
  return isEnded(state, member.gateway.version, plan.replaces);
}

/** Whether this very version is permanent on both routers for good, as the plan record or `/state` says. */
export function isFinal({ member, state, plan }: PlannedMember): boolean {
  return isKeptAt(plan, member.gateway) || isComplete(state, member.gateway);
}
