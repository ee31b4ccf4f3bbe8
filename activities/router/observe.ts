/** Reads what a router shows of the services of any number of gateways: without the lock, and in a bounded number of requests. */
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Statement } from '../../junos/tree.ts';
import { vrrpTimers } from '../../junos/vrrp.ts';
import { unwrap } from '../../netconf/operation.ts';
import type { Operation } from '../../netconf/operation.ts';
import {
  allFilters,
  allInterfaces,
  countersIn,
  filterCounters,
  interfaceTerse,
  vrrpInterface,
  vrrpSummary,
} from '../../netconf/operations.ts';
import type {
  BgpPeer,
  BgpSession,
  FilterCounter,
  InterfaceState,
  VrrpGroup,
} from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { routesBy, seekRoutes, sessionsBy } from './observe-routing.ts';
import type { WantedRoute } from './observe-routing.ts';
import { configuredGroups } from './own-groups.ts';
import type { ConfiguredGroup } from './own-groups.ts';
import { unitsIn, unitsOf } from './units.ts';

/** What is to be read. */
export interface Wanted {
  /** Logical interfaces: `ae0.1025`. */
  readonly interfaces: readonly string[];
  readonly filters: readonly WantedFilter[];
  readonly sessions: readonly BgpPeer[];
  readonly routes: readonly WantedRoute[];
}

export interface WantedFilter {
  readonly filter: string;
  /** If the filter is interface-specific, its instances on this unit are meant. Absent: all its instances. */
  readonly unit?: string;
}

/** What a router shows. */
export interface Shown {
  /** An interface that has no entry is not there. */
  readonly interfaces: ReadonlyMap<string, InterfaceState>;
  /** By interface. */
  readonly groups: ReadonlyMap<string, readonly VrrpGroup[]>;
  /** The configured VRRP groups by interface, written and inherited. The error says why the configuration can't be read. */
  readonly configured: ReadonlyMap<string, readonly ConfiguredGroup[] | JunosSyntaxError>;
  /** `undefined`: the filter is not there. */
  readonly countersOf: (wanted: WantedFilter) => readonly FilterCounter[] | undefined;
  /** `undefined`: no such neighbor is configured. */
  readonly sessionOf: (peer: BgpPeer) => BgpSession | undefined;
  /** Whether a route to exactly this destination is active. */
  readonly hasRoute: (route: WantedRoute) => boolean;
}

/** Up to so many are asked for one by one; for more, the router is asked for all that it has. */
const ASKED_ALONE = { interfaces: 4, filters: 2 } as const;

/** Throws what the session throws. */
export async function observe(session: Session, wanted: Wanted): Promise<Shown> {
  const names = [...new Set(wanted.interfaces)];
  const areFew = names.length <= ASKED_ALONE.interfaces;
  const states = areFew ? names.map((name) => interfaceTerse(name)) : [allInterfaces()];
  const vrrp = areFew ? names.map((name) => vrrpInterface(name)) : [vrrpSummary()];
  const counters = countersBy(wanted.filters);
  const sessions = sessionsBy(wanted.sessions);
  const routes = routesBy(wanted.routes);
  const [effective, written] = [true, false].map((inherit) =>
    names.length === 0 ? [] : [unitsOf(names, 'committed', inherit)],
  ) as [Operation<string>[], Operation<string>[]];
  const outcomes = await session.pipeline<readonly Operation<unknown>[]>([
    ...states,
    ...vrrp,
    ...counters.operations,
    ...sessions.operations,
    ...routes.operations,
    ...effective,
    ...written,
  ]);
  const replies = outcomes.map((outcome) => unwrap(outcome));
  const take = <T>({ length }: readonly Operation<T>[]) => replies.splice(0, length) as T[];
  const interfaces = take<InterfaceState | readonly InterfaceState[] | undefined>(states).flat();
  const groups = take<readonly VrrpGroup[]>(vrrp).flat();
  const countersOf = counters.read(take(counters.operations));
  const sessionOf = sessions.read(take(sessions.operations));
  const hasRoute = await seekRoutes(session, wanted.routes, routes.read(take(routes.operations)));
  const trees = await unitsIn(session, names, 'committed', take(effective).join(''));
  const withoutGroups = await unitsIn(session, names, 'committed', take(written).join(''), false);
  return {
    interfaces: new Map(interfaces.flatMap((state) => (state === undefined ? [] : [[state.name, state]]))),
    groups: new Map(names.map((name) => [name, groups.filter((group) => group.interface === name)])),
    configured: new Map(
      names.map((name) => [name, groupsIn(name, trees.get(name) ?? [], withoutGroups.get(name) ?? [])]),
    ),
    countersOf,
    sessionOf,
    hasRoute,
  };
}

function groupsIn(
  name: string,
  effective: readonly Statement[] | JunosSyntaxError,
  written: readonly Statement[] | JunosSyntaxError,
): readonly ConfiguredGroup[] | JunosSyntaxError {
  if (effective instanceof JunosSyntaxError) return effective;
  if (written instanceof JunosSyntaxError) return written;
  return configuredGroups(vrrpTimers(effective, name), vrrpTimers(written, name));
}

interface Counters {
  readonly operations: readonly Operation<unknown>[];
  readonly read: (replies: readonly unknown[]) => Shown['countersOf'];
}

function countersBy(filters: readonly WantedFilter[]): Counters {
  const all = new Map(filters.map((one) => [JSON.stringify(one), one]));
  const units = [...all.values()].flatMap(({ filter, unit }) =>
    unit === undefined ? [] : [{ filter, unit }],
  );
  if (units.length < all.size || all.size > ASKED_ALONE.filters)
    return {
      operations: [allFilters()],
      read: ([found]) => {
        const those = found as ReturnType<ReturnType<typeof allFilters>['read']>;
        return ({ filter, unit }) => countersIn(those, filter, unit);
      },
    };
  const operations = units.flatMap(({ filter, unit }) => [
    filterCounters(filter),
    filterCounters(filter, { unit, direction: 'input' }),
    filterCounters(filter, { unit, direction: 'output' }),
  ]);
  return {
    operations,
    read: (replies) => (wanted) => {
      const index = units.findIndex(({ filter, unit }) => filter === wanted.filter && unit === wanted.unit);
      const found = replies.slice(index * 3, index * 3 + 3) as (readonly FilterCounter[] | undefined)[];
      const counters = found.filter((some) => some !== undefined);
      return counters.length === 0 ? undefined : counters.flat();
    },
  };
}
