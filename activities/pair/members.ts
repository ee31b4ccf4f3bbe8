/** The members of a batch with what each router is to carry for them. */
import { isDeepStrictEqual } from 'node:util';
import { FAILURES } from '../../gateway/failures.ts';
import { isSameGateway } from '../../pair/members.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { OwedChange, Refused, RouterRecord } from '../../pair/transactions.ts';
import { ROLES } from '../../gateway/resource.ts';
import type { Role } from '../../gateway/resource.ts';
import { ownedBy } from '../../etcd/plan-record.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { StateFacts } from '../../etcd/state.ts';
import type { Store } from '../../etcd/store.ts';
import type { Stanzas } from '../router/presence.ts';

/** What one router is to carry for one member. */
export interface RouterChange extends Stanzas {
  readonly member: PairMember;
  readonly role: Role;
}

export interface PlannedMember {
  readonly member: PairMember;
  /** By router id. */
  readonly on: ReadonlyMap<string, RouterChange>;
  /** It was made permanent on both routers before: by a pair workflow that may be forgotten since. */
  readonly kept: boolean;
  /** `/state` of its gateway. */
  readonly state: StateFacts | undefined;
}

export interface PlannedBatch {
  readonly planned: readonly PlannedMember[];
  /** What they are to carry can't be told: nothing can be done for them, or looked for. */
  readonly unplanned: readonly Refused[];
}

/**
 * Reads plans and states of all in one read each. `ofHeirs`: a plan that another run has taken over still tells what this one
 * has put on the routers, as only the same configurations are taken over.
 */
export async function readBatch(
  { plans, states }: Pick<Store, 'plans' | 'states'>,
  routers: readonly [string, string],
  members: readonly PairMember[],
  { ofHeirs = false }: { readonly ofHeirs?: boolean } = {},
): Promise<PlannedBatch> {
  const gateways = members.map(({ gateway }) => gateway);
  const [records, facts] = await Promise.all([plans(gateways), states(gateways)]);
  const planned: PlannedMember[] = [];
  const unplanned: Refused[] = [];
  for (const [index, member] of members.entries()) {
    const record = records[index];
    const problem = problemOf(member, record, routers, ofHeirs);
    if (problem !== undefined) unplanned.push({ member, ...problem });
    else planned.push({ member, ...changesOf(member, record as PlanRecord), state: facts[index] });
  }
  return { planned, unplanned };
}

function problemOf(
  { gateway, run }: PairMember,
  record: PlanRecord | Error | undefined,
  routers: readonly string[],
  ofHeirs: boolean,
): Pick<Refused, 'type' | 'reason'> | undefined {
  if (record instanceof Error) return { type: FAILURES.StoreCorrupt, reason: record.message };
  const isTaken = record?.run !== run && !ofHeirs;
  if (isTaken || record?.gateway.version !== gateway.version) {
    return { type: FAILURES.Superseded, reason: 'the plan is gone: another run has taken this gateway over' };
  }
  const own = ROLES.map((role) => record.routers[role].id);
  if (own.every((id) => routers.includes(id)) && own[0] !== own[1]) return undefined;
  return {
    type: FAILURES.Internal,
    reason: `expected a plan for routers ${routers.join(', ')}, got ${own.join(', ')}`,
  };
}

function changesOf(member: PairMember, record: PlanRecord): Pick<PlannedMember, 'on' | 'kept'> {
  const { routers } = record;
  const on = new Map(
    ROLES.map((role) => {
      const { id, configuration } = routers[role];
      return [id, { member, gateway: member.gateway, role, configuration }];
    }),
  );
  return { on, kept: wasKept(member, record) };
}

function wasKept({ gateway, run }: PairMember, record: PlanRecord | undefined): boolean {
  return ownedBy(record, gateway, run) && record.kept === true;
}

/**
 * The same, with what was made permanent since they were read. To be asked once the turn's records are known: whoever keeps a gateway says
 * so in its plan first, and then takes it out of the turn.
 */
export async function keptMeanwhile(
  { plans }: Pick<Store, 'plans'>,
  planned: readonly PlannedMember[],
): Promise<readonly PlannedMember[]> {
  const records = await plans(planned.map(({ member }) => member.gateway));
  return planned.map((one, index) => {
    const record = records[index];
    return { ...one, kept: one.kept || (!(record instanceof Error) && wasKept(one.member, record)) };
  });
}

/** All that is to be carried by one router. */
export function changesOn(planned: readonly PlannedMember[], routerId: string): readonly RouterChange[] {
  return planned.flatMap(({ on }) => on.get(routerId) ?? []);
}

/** Whether a commit was permitted there, since the router was last seen without it: then what stands there is ours (T9). */
export function isPermitted({ reservation }: RouterRecord, { gateway, run }: PairMember): boolean {
  return (reservation?.members ?? []).some(
    (member) =>
      member.run === run &&
      member.gateway.resourceType === gateway.resourceType &&
      member.gateway.resourceId === gateway.resourceId &&
      member.gateway.version === gateway.version,
  );
}

/**
 * Another run of one of these may be on that router in this very turn: their pair was reset, and has forgotten it. Then the turn is
 * to be taken anew, with what was left behind.
 */
export function isForgotten({ reservation }: RouterRecord, members: readonly PairMember[]): boolean {
  return (reservation?.members ?? []).some((left) =>
    members.some((member) => isSameGateway(left, member) && left.run !== member.run),
  );
}

/** Whether what stands there is ours (T9): permitted in this turn, made permanent in one before, or owed since. */
export function isOurs(record: RouterRecord, planned: Pick<PlannedMember, 'member' | 'kept' | 'on'>): boolean {
  const { member, kept, on } = planned;
  return kept || isPermitted(record, member) || [...on.values()].some((one) => owedFor(record, one).length > 0);
}

/** What the router owes of the very same. */
export function owedFor({ owedChanges }: RouterRecord, { gateway, configuration }: Stanzas): readonly OwedChange[] {
  return owedChanges.filter(
    (owedChange) =>
      isDeepStrictEqual(owedChange.gateway, gateway) && isDeepStrictEqual(owedChange.configuration, configuration),
  );
}

/** T10: what is settled at its version or a newer one stays as it is. */
export function isSettled({ member, state }: PlannedMember): boolean {
  return typeof state?.version === 'number' && state.version >= member.gateway.version;
}

/** Its `/state` promises that it stands. */
export function isComplete({ member, state }: PlannedMember): boolean {
  return state?.version === member.gateway.version && state.workerState === 'CREATE_COMPLETED';
}
