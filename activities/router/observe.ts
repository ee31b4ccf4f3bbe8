/** Reads what a router shows of the services of any number of gateways: without the lock, and in a bounded number of requests. */
import { vrrpTimers } from '../../junos/vrrp.ts';
import { unwrap } from '../../netconf/operation.ts';
import type { Operation, Outcome } from '../../netconf/operation.ts';
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
import { routesBy, routesIn, sessionsBy } from './observe-routing.ts';
import type { WantedRoute } from './observe-routing.ts';
import { configuredGroups } from './own-groups.ts';
import type { ConfiguredGroup } from './own-groups.ts';
import type { Unreadable } from './running.ts';
import { unitsIn, unitsOf } from './units.ts';
import type { Unit, Units } from './units.ts';

/** What is to be read. */
export interface ObserveRequest {
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

/** VRRP groups, or which stanza of those that configure them can't be read. */
type GroupsOfUnit =
  | { readonly kind: 'read'; readonly groups: readonly ConfiguredGroup[] }
  | ({ readonly kind: 'unreadable' } & Unreadable);

/**
 * What a router shows. Each of these functions throws the error of the request that it reads from. So a refusal concerns only those who asked for
 * what was refused.
 */
export interface Shown {
  /** `undefined`: no interface of that name is there. */
  readonly interfaceOf: (name: string) => InterfaceState | undefined;
  /** The VRRP groups on an interface. */
  readonly groupsOn: (name: string) => readonly VrrpGroup[];
  /** The configured VRRP groups of an interface, written and inherited. */
  readonly configuredOn: (name: string) => GroupsOfUnit;
  /** `undefined`: the filter is not there. */
  readonly countersOf: (wanted: WantedFilter) => readonly FilterCounter[] | undefined;
  /** `undefined`: no such neighbor is configured. */
  readonly sessionOf: (peer: BgpPeer) => BgpSession | undefined;
  /** Whether a route to exactly this destination is active. */
  readonly hasRoute: (route: WantedRoute) => boolean;
}

/** Up to so many are asked for one by one; for more, the router is asked for all that it has. */
const ASKED_ALONE = { interfaces: 4, filters: 2 } as const;

export async function observe(session: Session, wanted: ObserveRequest): Promise<Shown> {
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
    ...routes,
    ...effective,
    ...written,
  ]);
  const replies = [...outcomes];
  const take = <T>({ length }: readonly Operation<T>[]) => replies.splice(0, length) as Outcome<T>[];
  const interfaces = take<InterfaceState | readonly InterfaceState[] | undefined>(states);
  const groups = take<readonly VrrpGroup[]>(vrrp);
  const countersOf = counters.read(take(counters.operations));
  const sessionOf = sessions.read(take(sessions.operations));
  const hasRoute = await routesIn(session, wanted.routes, take(routes));
  const [inherited] = take(effective);
  const [own] = take(written);
  const all = await outcomeOf(unitsIn(session, names, 'committed', inherited));
  const withoutGroups = await outcomeOf(unitsIn(session, names, 'committed', own, false));
  /** What the router said of an interface: in the reply to its own request, or in the reply that tells of all. */
  const of = <T>(those: readonly Outcome<T>[], name: string): T => {
    const reply = those[areFew ? names.indexOf(name) : 0];
    if (reply === undefined) throw new RangeError(`expected one of the interfaces asked for, got ${name}`);
    return unwrap(reply);
  };
  return {
    interfaceOf: (name) => [of(interfaces, name) ?? []].flat().find((state) => state.name === name),
    groupsOn: (name) => of(groups, name).filter((group) => group.interface === name),
    configuredOn: (name) => groupsIn(name, unitIn(all, name), unitIn(withoutGroups, name)),
    countersOf,
    sessionOf,
    hasRoute,
  };
}

async function outcomeOf<T>(asked: Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: 'done', value: await asked };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function unitIn(units: Outcome<Units>, name: string): Unit {
  return unwrap(units).get(name) ?? { kind: 'read', tree: [] };
}

function groupsIn(name: string, effective: Unit, written: Unit): GroupsOfUnit {
  if (effective.kind === 'unreadable') return effective;
  if (written.kind === 'unreadable') return written;
  const groups = configuredGroups(vrrpTimers(effective.tree, name), vrrpTimers(written.tree, name));
  return { kind: 'read', groups };
}

interface Counters {
  readonly operations: readonly Operation<unknown>[];
  readonly read: (replies: readonly Outcome<unknown>[]) => Shown['countersOf'];
}

function countersBy(filters: readonly WantedFilter[]): Counters {
  const all = new Map(filters.map((one) => [JSON.stringify(one), one]));
  const units = [...all.values()].flatMap(({ filter, unit }) =>
    unit === undefined ? [] : [{ filter, unit }],
  );
  if (units.length < all.size || all.size > ASKED_ALONE.filters)
    return {
      operations: [allFilters()],
      read: (replies) => {
        const [reply] = replies as readonly [Outcome<ReturnType<ReturnType<typeof allFilters>['read']>>];
        return ({ filter, unit }) => countersIn(unwrap(reply), filter, unit);
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
      const own = replies.slice(index * 3, index * 3 + 3) as Outcome<readonly FilterCounter[] | undefined>[];
      const counters = own.map((reply) => unwrap(reply)).filter((some) => some !== undefined);
      return counters.length === 0 ? undefined : counters.flat();
    },
  };
}
