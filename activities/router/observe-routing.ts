/** Reads BGP sessions and routes, a bounded number of requests for any number of them. */
import { distinct } from '../../gateway/lists.ts';
import { unwrap } from '../../netconf/operation.ts';
import type { Outcome } from '../../netconf/operation.ts';
import {
  activeRoute,
  allBgpSessions,
  bgpSession,
  hasRoute,
  sessionWith,
  shownRoute,
  staticRoutes,
} from '../../netconf/operations.ts';
import type { BgpPeer, BgpSession, Operation, RouteTables } from '../../netconf/operations.ts';
import type { ShownRoute } from '../../netconf/route-operations.ts';
import type { Session } from '../../netconf/session.ts';
import { PAIR_LIMITS } from '../../pair/limits.ts';

/** A route in the table of a routing instance. */
export interface WantedRoute {
  readonly instance: string;
  readonly destination: string;
}

/**
 * Up to so many are asked for one by one; for more, the router is asked for all that it has. It may have thousands of sessions, and tells some hundred facts
 * of each: more than we read, from 2,600 on. So as many are asked for alone as a batch has gateways.
 */
const ASKED_ALONE = { sessions: PAIR_LIMITS.batch, routes: 4 } as const;

type SessionOf = (peer: BgpPeer) => BgpSession | undefined;

export interface Sessions {
  readonly operations: readonly Operation<readonly BgpSession[]>[];
  /** The function that it returns throws the error of the request from which the session is read. */
  readonly read: (replies: readonly Outcome<readonly BgpSession[]>[]) => SessionOf;
}

export function sessionsBy(wanted: readonly BgpPeer[]): Sessions {
  const peers = distinct(wanted);
  const areAlone = peers.length <= ASKED_ALONE.sessions;
  return {
    operations: areAlone ? peers.map(bgpSession) : [allBgpSessions()],
    read: (replies) => (peer) => {
      const index = peers.findIndex((one) => one.instance === peer.instance && one.peer === peer.peer);
      const reply = areAlone ? replies[index] : replies[0];
      return sessionWith(reply === undefined ? [] : unwrap(reply), peer);
    },
  };
}

type HasRoute = (route: WantedRoute) => boolean;

/** For many routes it asks for the router's static routes only. `routesIn` then asks for those that are not among them. */
export function routesBy(wanted: readonly WantedRoute[]): readonly Operation<RouteTables>[] {
  const routes = shownOf(wanted);
  return routes.length <= ASKED_ALONE.routes ? routes.map((route) => activeRoute(route)) : [staticRoutes()];
}

/**
 * Reads the replies to `routesBy`, and asks for each route that is not among the static ones: such a route may come from elsewhere. The function that
 * it resolves to throws the error of the request from which the route is read.
 */
export async function routesIn(
  session: Session,
  wanted: readonly WantedRoute[],
  replies: readonly Outcome<RouteTables>[],
): Promise<HasRoute> {
  const routes = shownOf(wanted);
  if (routes.length <= ASKED_ALONE.routes) return (route) => isIn(route, routes, replies);
  const [all] = replies as readonly [Outcome<RouteTables>];
  if (all.kind === 'failed') return () => hasRoute(unwrap(all), routes[0] as ShownRoute);
  const missing = routes.filter((route) => !hasRoute(all.value, route));
  const found =
    missing.length === 0 ? [] : await session.pipeline(missing.map((route) => activeRoute(route)));
  return (route) => hasRoute(all.value, shownAs(route)) || isIn(route, missing, found);
}

/** Whether the reply to the request for this route has it. */
function isIn(
  wanted: WantedRoute,
  routes: readonly ShownRoute[],
  replies: readonly Outcome<RouteTables>[],
): boolean {
  const { table, destination } = shownAs(wanted);
  const reply = replies[routes.findIndex((one) => one.table === table && one.destination === destination)];
  return reply !== undefined && hasRoute(unwrap(reply), { table, destination });
}

function shownOf(wanted: readonly WantedRoute[]): readonly ShownRoute[] {
  return distinct(wanted.map(shownAs));
}

function shownAs({ instance, destination }: WantedRoute): ShownRoute {
  return shownRoute(instance, destination);
}
