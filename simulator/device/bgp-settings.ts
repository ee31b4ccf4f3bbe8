/** The BGP neighbors of a configuration. */

import { secretIn } from './config/canonical.ts';
import { blocksOf, inside, valueOf, type Config } from './config/config.ts';
import { addressesOf, portsOf, type Unit } from './interfaces.ts';
import { contains, hostOf } from './ipv4.ts';

/** The routing instance at the top of the configuration, by the name that a router gives it. */
export const MASTER = 'master';

/** A neighbor as it is configured. */
export interface BgpSettings {
  readonly instance: string;
  readonly group: string;
  /** The neighbor's address. */
  readonly peer: string;
  readonly peerAs: string | undefined;
  readonly localAs: string | undefined;
  /** The router's own address. `undefined`: none is configured for the neighbor, and the router has none in the neighbor's network. */
  readonly localAddress: string | undefined;
  /** The key in plain. */
  readonly key: string | undefined;
  readonly isInternal: boolean;
  readonly holdMs: number;
  /** The interface whose network has both addresses. `undefined`: no such interface is up. */
  readonly interface: string | undefined;
  /** What the link is known by: two ends hear each other if they have the same domain, because then they are in the same VLAN. */
  readonly domain: string | undefined;
}

/** RFC 4271 suggests 90 s (section 10), and so does Junos. */
const HOLD_SECONDS = 90;

/** The neighbors of an effective configuration. An interface without a link carries no session. */
export function bgpSettings(config: Config, linksDown: ReadonlySet<string>): readonly BgpSettings[] {
  const units = portsOf(config, linksDown).flatMap((port) => port.units);
  const instances = inside(config, 'routing-instances');
  const taken = new Set(instances.flatMap((one) => interfacesOf(one.children ?? [])));
  const ownAs = localAsOf(config);
  return [
    ...neighborsOf(
      MASTER,
      config,
      units.filter(({ name }) => !taken.has(name)),
      ownAs,
    ),
    ...instances.flatMap(({ words: [name = ''], children = [] }) => {
      const inside = new Set(interfacesOf(children));
      const own = units.filter((unit) => inside.has(unit.name));
      return neighborsOf(name, children, own, localAsOf(children) ?? ownAs);
    }),
  ];
}

/** The names of an instance's logical interfaces. */
export function interfacesOf(instance: Config): readonly string[] {
  return blocksOf(instance, 'interface').map(({ words: [, name = ''] }) =>
    name.includes('.') ? name : `${name}.0`,
  );
}

function localAsOf(instance: Config): string | undefined {
  return valueOf(inside(instance, 'routing-options'), 'autonomous-system');
}

function neighborsOf(
  instance: string,
  content: Config,
  units: readonly Unit[],
  ownAs: string | undefined,
): readonly BgpSettings[] {
  const bgp = inside(content, 'protocols', 'bgp');
  return blocksOf(bgp, 'group').flatMap((group) =>
    blocksOf(group.children ?? [], 'neighbor').map((neighbor): BgpSettings => {
      const levels = [neighbor.children ?? [], group.children ?? [], bgp];
      const found = (keyword: string): string | undefined =>
        levels.flatMap((level) => valueOf(level, keyword) ?? [])[0];
      const peer = neighbor.words[1] ?? '';
      const localAs = levels.flatMap((level) => inside(level, 'local-as')[0]?.words[0] ?? [])[0] ?? ownAs;
      const peerAs = found('peer-as') ?? (found('type') === 'internal' ? localAs : undefined);
      const given = found('local-address');
      const key = found('authentication-key');
      const links = units
        .flatMap((unit) => addressesOf(unit).map(({ address }) => ({ unit, address })))
        .filter(
          ({ address }) => contains(address, peer) && (given === undefined || hostOf(address) === given),
        );
      const link = links.find(({ unit }) => unit.operUp);
      // Without a link the router still has its address.
      const own = link ?? links[0];
      return {
        instance,
        group: group.words[1] ?? '',
        peer,
        peerAs,
        localAs,
        localAddress: given ?? (own && hostOf(own.address)),
        key: key === undefined ? undefined : secretIn(key),
        isInternal: peerAs !== undefined && peerAs === localAs,
        holdMs: Number(found('hold-time') ?? HOLD_SECONDS) * 1_000,
        interface: link?.unit.name,
        domain: link && (link.unit.vlan ?? link.unit.name),
      };
    }),
  );
}
