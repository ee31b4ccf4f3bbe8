/** The routing tables of IPv4: the networks of interfaces, and static routes. What BGP learns is not simulated. */

import { interfacesOf } from './bgp-settings.ts';
import { blocksOf, hasFlag, inside, listOf, valueOf, type Config } from './config/config.ts';
import { addressesOf, portsOf, type Unit } from './interfaces.ts';
import { contains, hostOf, networkOf } from './ipv4.ts';

export interface RouteTable {
  /** `inet.0`, or that of a routing instance: `blue.inet.0`. */
  readonly name: string;
  /** Only active routes. A static route whose next hop can't be reached is in no table. */
  readonly routes: readonly Route[];
}

export interface Route {
  /** `198.51.100.0/24` */
  readonly destination: string;
  readonly protocol: 'Direct' | 'Local' | 'Static';
  readonly preference: number;
  /**
   * `to`: the next hop's address. `via`: the interface on the way. If both are absent, packets to the destination are dropped, or looked up in
   * another table.
   */
  readonly to?: string;
  readonly via?: string;
}

/** The tables of an effective configuration. A table without a route is left out. */
export function routeTables(config: Config, linksDown: ReadonlySet<string>): readonly RouteTable[] {
  const up = portsOf(config, linksDown)
    .flatMap((port) => port.units)
    .filter(({ operUp }) => operUp);
  const instances = inside(config, 'routing-instances');
  const taken = new Set(instances.flatMap((one) => interfacesOf(one.children ?? [])));
  const tables = [
    {
      name: 'inet.0',
      routes: routesOf(
        config,
        up.filter(({ name }) => !taken.has(name)),
      ),
    },
    ...instances.map(({ words: [name = ''], children = [] }) => {
      const own = new Set(interfacesOf(children));
      return {
        name: `${name}.inet.0`,
        routes: routesOf(
          children,
          up.filter((unit) => own.has(unit.name)),
        ),
      };
    }),
  ];
  return tables.filter(({ routes }) => routes.length > 0);
}

function routesOf(content: Config, units: readonly Unit[]): readonly Route[] {
  const connected = units.flatMap((unit) => connectedBy(unit));
  const statics = blocksOf(inside(content, 'routing-options', 'static'), 'route').flatMap((route) =>
    staticRoute(route.words[1] ?? '', route.children ?? [], connected, units),
  );
  // Of two routes to one destination, the one with the lower preference is active.
  const active = new Map<string, Route>();
  for (const route of [...statics, ...connected.flatMap(({ routes }) => routes)]) {
    const other = active.get(route.destination);
    if (other === undefined || route.preference < other.preference) active.set(route.destination, route);
  }
  return [...active.values()];
}

interface Connected {
  readonly network: string;
  readonly via: string;
  readonly routes: readonly Route[];
}

function connectedBy(unit: Unit): readonly Connected[] {
  return addressesOf(unit).flatMap(({ family, address }) => {
    const network = networkOf(address);
    if (family !== 'inet' || network === undefined) return [];
    const local = `${hostOf(address)}/32`;
    const direct = { destination: network, protocol: 'Direct', preference: 0, via: unit.name } as const;
    const own = { destination: local, protocol: 'Local', preference: 0, via: unit.name } as const;
    return [{ network, via: unit.name, routes: network === local ? [direct] : [direct, own] }];
  });
}

const WITHOUT_NEXT_HOP = ['discard', 'reject', 'receive'] as const;

function staticRoute(
  written: string,
  content: Config,
  connected: readonly Connected[],
  units: readonly Unit[],
): readonly Route[] {
  const destination = networkOf(written);
  if (destination === undefined) return [];
  const route = {
    destination,
    protocol: 'Static',
    preference: Number(valueOf(content, 'preference') ?? 5),
  } as const;
  const isAlone =
    WITHOUT_NEXT_HOP.some((word) => hasFlag(content, word)) || valueOf(content, 'next-table') !== undefined;
  if (isAlone) return [route];
  for (const hop of listOf(content, 'next-hop')) {
    const via = connected.find(({ network }) => contains(network, hop))?.via;
    if (via !== undefined) return [{ ...route, to: hop, via }];
    if (units.some(({ name }) => name === hop)) return [{ ...route, via: hop }];
  }
  return [];
}
