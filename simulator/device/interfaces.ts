/** The interfaces of a configuration: ports with their units, their addresses, and whether they are up. */

import { blocksOf, hasFlag, inside, valueOf, type Config } from './config/config.ts';

/** A physical interface. */
export interface Port {
  readonly name: string;
  /** The statements of its block. */
  readonly content: Config;
  readonly adminUp: boolean;
  readonly operUp: boolean;
  readonly units: readonly Unit[];
}

/** A logical interface. */
export interface Unit {
  /** `ae0.1025` */
  readonly name: string;
  /** The statements of its block. */
  readonly content: Config;
  readonly adminUp: boolean;
  readonly operUp: boolean;
  readonly vlan?: string;
}

/** All interfaces of an effective configuration. `linksDown` has the names of interfaces, physical or logical, without a link. */
export function portsOf(config: Config, linksDown: ReadonlySet<string>): readonly Port[] {
  return inside(config, 'interfaces').flatMap((physical): readonly Port[] => {
    const name = physical.words[0] ?? '';
    const content = physical.children;
    if (!content) return [];
    const adminUp = !hasFlag(content, 'disable');
    const operUp = adminUp && !linksDown.has(name);
    const units = blocksOf(content, 'unit').map((unit): Unit => {
      const inner = unit.children ?? [];
      const unitName = `${name}.${unit.words[1] ?? ''}`;
      const unitAdminUp = adminUp && !hasFlag(inner, 'disable');
      const vlan = valueOf(inner, 'vlan-id');
      return {
        name: unitName,
        content: inner,
        adminUp: unitAdminUp,
        operUp: unitAdminUp && operUp && !linksDown.has(unitName),
        ...(vlan === undefined ? {} : { vlan }),
      };
    });
    return [{ name, content, adminUp, operUp, units }];
  });
}

export interface Address {
  /** `inet` */
  readonly family: string;
  /** `10.0.0.2/24` */
  readonly address: string;
  /** The statements of its block. */
  readonly content: Config;
}

export function addressesOf(unit: Unit): readonly Address[] {
  return blocksOf(unit.content, 'family').flatMap((family) =>
    blocksOf(family.children ?? [], 'address').map((address) => ({
      family: family.words[1] ?? '',
      address: address.words[1] ?? '',
      content: address.children ?? [],
    })),
  );
}
