/** Routers under the lock that show what a test says, and nothing else: for what is decided from looks alone. */
import { parse } from '../../../junos/parse.ts';
import type { LockedRouter } from '../../../activities/router/locked-router.ts';
import type { PlannedMember, RouterChange } from '../../../activities/pair/members.ts';
import type { CommitState, UnrecordedTrial } from '../../../activities/router/commit-history.ts';
import type { Presence } from '../../../activities/router/presence.ts';
import type { Database, Unit } from '../../../activities/router/units.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import type { Change } from '../../../gateway/change.ts';
import type { RouterConfiguration } from '../../../gateway/kind.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import type { ChangeLimits } from '../../../gateway/policies.ts';
import type { Role } from '../../../gateway/resource.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { RouterRecord } from '../../../pair/router-record.ts';

/** The primary router, MX-1, and the secondary one, MX-2. */
export const ROUTER_IDS = ['id-1', 'id-2'] as const;

export interface Shown {
  readonly presence?: (change: RouterChange) => Presence;
  /** The reservation under which a commit of ours put there what stands; `undefined`: none did. */
  readonly appliedBy?: string | undefined;
  readonly record?: Partial<RouterRecord>;
  readonly pending?: CommitState['pending'];
  readonly unrecorded?: UnrecordedTrial | undefined;
  /** The VRRP of units, by database and by name. Junos text, or why it can't be read. */
  readonly units?: Partial<Record<Database, Readonly<Record<string, string | Unit>>>>;
}

/** `asked`: receives which units are read. */
export function seenRouter(id: string, shown: Shown, asked: string[] = []): LockedRouter {
  const { presence = () => ({ kind: 'before' }), appliedBy, record, units = {} } = shown;
  const name = id.replace('id', 'MX');
  const router = {
    session: { id, name, record: { reservation: null, maintenance: null, owedChanges: [], ...record } },
    presence,
    look: {
      pending: shown.pending ?? { kind: 'none' },
      unrecorded: shown.unrecorded,
      appliedBy: () => (appliedBy === undefined ? undefined : { line: { reservation: appliedBy } }),
    },
    units: async (names: readonly string[], database: Database) => {
      asked.push(`${name} ${database} ${names.join(' ')}`.trim());
      return new Map(
        names.flatMap((name): [string, Unit][] => {
          const unit = units[database]?.[name];
          if (unit === undefined) return [];
          return [[name, typeof unit === 'string' ? { kind: 'read', tree: parse(unit) } : unit]];
        }),
      );
    },
  };
  return router as unknown as LockedRouter;
}

/** A configuration that owns nothing, with a monitor for each of these interfaces. */
export function configurationOf(
  interfaces: readonly string[] = [],
  { create = '', bgp = false }: { readonly create?: string; readonly bgp?: boolean } = {},
): RouterConfiguration {
  const session = bgp ? { bgp: { instance: 'i', peer: '192.0.2.1' } } : {};
  const monitors = interfaces.map((name) => ({ name, interface: name, counters: [], ...session }));
  return { create, arrange: [], remove: [], owns: [], monitors };
}

/** A member of a batch. `changes`: on the primary router, and on the secondary one. */
export function plannedMember(
  resourceId: string,
  changes: readonly [Change, Change],
  plan: Partial<Pick<PlanRecord, 'disputed'>> & { readonly limits?: ChangeLimits } = {},
): PlannedMember {
  const gateway = { resourceType: 'vpn_gateway', resourceId, version: 1 };
  const member: PairMember = { gateway, run: `run of ${resourceId}`, name: resourceId };
  const roles: readonly Role[] = ['primary', 'secondary'];
  return {
    member,
    changes: new Map(
      ROUTER_IDS.map((id, index) => [
        id,
        { member, gateway, role: roles[index] as Role, change: changes[index] as Change },
      ]),
    ),
    kept: false,
    plan: { gateway, limits: DEFAULT_POLICY, ...plan } as PlanRecord,
    state: undefined,
  };
}
