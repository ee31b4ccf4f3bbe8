/** Several routers at once: a pair with VRRP between the two, or any number of pairs. Either all of them start or none. */

import { edgeRouterConfig } from '../device/base-config.ts';
import { pair } from '../device/create.ts';
import { startRouter, type Router, type RouterOptions } from './router.ts';

/** The configuration of an edge router before it carries any gateway, as Junos text: all that the sample gateways refer to. */
export function baseConfig(router: {
  /** Host name. */
  readonly name: string;
  /** Decides the router's own addresses in the VRRP groups. */
  readonly role: 'primary' | 'secondary';
}): string {
  return edgeRouterConfig({ hostName: router.name, role: router.role });
}

export interface PairOptions {
  readonly primary: RouterOptions;
  readonly secondary: RouterOptions;
}

/** Two routers that elect VRRP masters between them. */
export interface SimulatedPair {
  readonly primary: Router;
  readonly secondary: Router;
  close(): Promise<void>;
}

/** All routers of a process, with what a program or a test needs to connect to them. */
export interface Routers {
  readonly pairs: readonly SimulatedPair[];
  /** Of each pair the primary, then the secondary. */
  readonly routers: readonly Router[];
  /** The text of a `known_hosts` file for all of them. */
  readonly knownHosts: string;
  close(): Promise<void>;
}

/** Starts both, or neither. Rejects as `startRouter` does. */
export async function startPair({ primary, secondary }: PairOptions): Promise<SimulatedPair> {
  const [first, second] = (await allOrNone([startRouter(primary), startRouter(secondary)])) as [
    Router,
    Router,
  ];
  pair(first.device, second.device);
  return {
    primary: first,
    secondary: second,
    close: () => closeAll([first, second]),
  };
}

/** Starts any number of pairs, or none. Rejects as `startRouter` does. */
export async function startRouters(specs: readonly PairOptions[]): Promise<Routers> {
  const pairs = await allOrNone(specs.map((spec) => startPair(spec)));
  const routers = pairs.flatMap(({ primary, secondary }) => [primary, secondary]);
  return {
    pairs,
    routers,
    knownHosts: routers.map((router) => `${router.hostKeyLine}\n`).join(''),
    close: () => closeAll(pairs),
  };
}

interface Closable {
  close(): Promise<void>;
}

async function closeAll(all: readonly Closable[]): Promise<void> {
  await Promise.all(all.map((one) => one.close()));
}

async function allOrNone<T extends Closable>(starting: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(starting);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return Promise.all(starting);
  await closeAll(results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
  throw failed.reason;
}
