/** Reads BGP sessions and routes, a bounded number of requests for any number of them. */
import { distinct } from '../../gateway/lists.ts';
import { unwrap } from '../../netconf/operation.ts';
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
import type { Session } from '../../netconf/session.ts';

/** A route in the table of a routing instance. */
export interface WantedRoute {
  readonly instance: string;
  readonly destination: string;
}

/** Up to so many are asked for one by one; for more, the router is asked for all that it has. */
const ASKED_ALONE = { sessions: 4, routes: 4 } as const;

export interface Part<Result, Read> {
  readonly operations: readonly Operation<Result>[];
  readonly read: (replies: readonly Result[]) => Read;
}

type SessionOf = (peer: BgpPeer) => BgpSession | undefined;

export function sessionsBy(wanted: readonly BgpPeer[]): Part<readonly BgpSession[], SessionOf> {
  const peers = distinct(wanted);
  const operations = peers.length <= ASKED_ALONE.sessions ? peers.map(bgpSession) : [allBgpSessions()];
  return {
    operations,
    read: (replies) => (peer) => {
      const isAlone = peers.length <= ASKED_ALONE.sessions;
      const index = peers.findIndex((one) => one.instance === peer.instance && one.peer === peer.peer);
      return sessionWith((isAlone ? replies[index] : replies[0]) ?? [], peer);
    },
  };
}

type HasRoute = (route: WantedRoute) => boolean;

/** For many routes it asks for the router's static routes only. `seekRoutes` then asks for those that are not among them. */
export function routesBy(wanted: readonly WantedRoute[]): Part<RouteTables, HasRoute> {
  const routes = distinct(wanted).map(shownOf);
  const operations =
    routes.length <= ASKED_ALONE.routes ? routes.map((route) => activeRoute(route)) : [staticRoutes()];
  return {
    operations,
    read: (replies) => (route) => replies.some((tables) => hasRoute(tables, shownOf(route))),
  };
}

/** Asks for each route that was not among the static ones: it may come from elsewhere. */
export async function seekRoutes(
  session: Session,
  wanted: readonly WantedRoute[],
  has: HasRoute,
): Promise<HasRoute> {
  const routes = distinct(wanted);
  const missing = routes.length <= ASKED_ALONE.routes ? [] : routes.filter((route) => !has(route));
  if (missing.length === 0) return has;
  const outcomes = await session.pipeline(missing.map((route) => activeRoute(shownOf(route))));
  const found = outcomes.map((outcome) => unwrap(outcome));
  return (route) => has(route) || found.some((tables) => hasRoute(tables, shownOf(route)));
}

function shownOf({ instance, destination }: WantedRoute) {
  return shownRoute(instance, destination);
}
