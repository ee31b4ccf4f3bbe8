/** The members of a batch with what each router is to carry for them. */
import { isDeepStrictEqual } from 'node:util';
import { FAILURES } from '../../gateway/failures.ts';
import { isSameGateway } from '../../pair/members.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { Debt, Refused, RouterRecord } from '../../pair/transactions.ts';
import { ROLES } from '../../gateway/resource.ts';
import type { Role } from '../../gateway/resource.ts';
import { ownedBy } from '../../etcd/plan-record.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { StateFacts } from '../../etcd/state.ts';
import type { Store } from '../../etcd/store.ts';
import type { Stanzas } from '../router/presence.ts';

/** What one router is to carry for one member. */
export interface Carried extends Stanzas {
  readonly member: PairMember;
  readonly role: Role;
}

export interface Planned {
  readonly member: PairMember;
  /** By router id. */
  readonly on: ReadonlyMap<string, Carried>;
  /** It was made permanent on both routers before: by a pair workflow that may be forgotten since. */
  readonly kept: boolean;
  /** `/state` of its gateway. */
  readonly state: StateFacts | undefined;
}

export interface Batch {
  readonly planned: readonly Planned[];
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
): Promise<Batch> {
  const gateways = members.map(({ gateway }) => gateway);
  const [records, facts] = await Promise.all([plans(gateways), states(gateways)]);
  const planned: Planned[] = [];
  const unplanned: Refused[] = [];
  for (const [index, member] of members.entries()) {
    const record = records[index];
    const problem = problemOf(member, record, routers, ofHeirs);
    if (problem !== undefined) unplanned.push({ member, ...problem });
    else planned.push({ member, ...carriedOf(member, record as PlanRecord), state: facts[index] });
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

function carriedOf(member: PairMember, record: PlanRecord): Pick<Planned, 'on' | 'kept'> {
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
  planned: readonly Planned[],
): Promise<readonly Planned[]> {
  const records = await plans(planned.map(({ member }) => member.gateway));
  return planned.map((one, index) => {
    const record = records[index];
    return { ...one, kept: one.kept || (!(record instanceof Error) && wasKept(one.member, record)) };
  });
}

/** All that is to be carried by one router. */
export function carriedBy(planned: readonly Planned[], routerId: string): readonly Carried[] {
  return planned.flatMap(({ on }) => on.get(routerId) ?? []);
}

/** Whether a commit was permitted there, since the router was last seen without it: then what stands there is ours (T9). */
export function mayCarry({ turn }: RouterRecord, { gateway, run }: PairMember): boolean {
  return (turn?.members ?? []).some(
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
export function isForgotten({ turn }: RouterRecord, members: readonly PairMember[]): boolean {
  return (turn?.members ?? []).some((left) =>
    members.some((member) => isSameGateway(left, member) && left.run !== member.run),
  );
}

/** Whether what stands there is ours (T9): permitted in this turn, made permanent in one before, or owed since. */
export function isOurs(record: RouterRecord, planned: Pick<Planned, 'member' | 'kept' | 'on'>): boolean {
  const { member, kept, on } = planned;
  return kept || mayCarry(record, member) || [...on.values()].some((one) => owedFor(record, one).length > 0);
}

/** What the router owes of the very same. */
export function owedFor({ debts }: RouterRecord, { gateway, configuration }: Stanzas): readonly Debt[] {
  return debts.filter(
    (debt) =>
      isDeepStrictEqual(debt.gateway, gateway) && isDeepStrictEqual(debt.configuration, configuration),
  );
}

/** T10: what is settled at its version or a newer one stays as it is. */
export function isSettled({ member, state }: Planned): boolean {
  return typeof state?.version === 'number' && state.version >= member.gateway.version;
}

/** Its `/state` promises that it stands. */
export function isCreated({ member, state }: Planned): boolean {
  return state?.version === member.gateway.version && state.workerState === 'CREATE_COMPLETED';
}
