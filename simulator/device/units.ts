/** The logical interfaces of a configuration: their names, whether they are up, the VRRP groups on them. */

import { blocksOf, hasFlag, inside, listOf, valueOf, type Config } from './config.ts';

export interface Unit {
  /** `ae0.1025` */
  readonly name: string;
  readonly physical: string;
  /** What stands inside it. */
  readonly content: Config;
  readonly adminUp: boolean;
  readonly operUp: boolean;
  readonly vlan?: string;
}

export interface Port {
  readonly name: string;
  readonly content: Config;
  readonly adminUp: boolean;
  readonly operUp: boolean;
  readonly units: readonly Unit[];
}

/** All interfaces of an effective configuration; `down` holds the names of those without a link. */
export function portsOf(config: Config, down: ReadonlySet<string>): readonly Port[] {
  return inside(config, 'interfaces').flatMap((physical): readonly Port[] => {
    const name = physical.words[0] ?? '';
    const content = physical.children;
    if (!content) return [];
    const adminUp = !hasFlag(content, 'disable');
    const operUp = adminUp && !down.has(name);
    const units = blocksOf(content, 'unit').map((unit) => {
      const inner = unit.children ?? [];
      const unitName = `${name}.${unit.words[1] ?? ''}`;
      const unitAdminUp = adminUp && !hasFlag(inner, 'disable');
      const vlan = valueOf(inner, 'vlan-id');
      return {
        name: unitName,
        physical: name,
        content: inner,
        adminUp: unitAdminUp,
        operUp: unitAdminUp && operUp && !down.has(unitName),
        ...(vlan === undefined ? {} : { vlan }),
      };
    });
    return [{ name, content, adminUp, operUp, units }];
  });
}

/** A unit's addresses with their family: `inet`, `10.0.0.2/24`. */
export function addressesOf(
  unit: Unit,
): readonly { readonly family: string; readonly address: string; readonly content: Config }[] {
  return blocksOf(unit.content, 'family').flatMap((family) =>
    blocksOf(family.children ?? [], 'address').map((address) => ({
      family: family.words[1] ?? '',
      address: address.words[1] ?? '',
      content: address.children ?? [],
    })),
  );
}

/** A VRRP group as configured. */
export interface VrrpSettings {
  readonly unit: string;
  readonly group: string;
  /** Without its prefix length. */
  readonly address: string;
  readonly virtualAddress: string;
  readonly priority: number;
  readonly acceptData: boolean;
  readonly up: boolean;
  /** Groups with the same domain elect one master among them: same VLAN, same group, same virtual address. */
  readonly domain: string;
}

/** The VRRP groups of an effective configuration. One without a virtual address does not run. */
export function vrrpSettings(config: Config, down: ReadonlySet<string>): readonly VrrpSettings[] {
  return portsOf(config, down).flatMap((port) =>
    port.units.flatMap((unit) =>
      addressesOf(unit).flatMap(({ address, content }) =>
        blocksOf(content, 'vrrp-group').flatMap((group): readonly VrrpSettings[] => {
          const inner = group.children ?? [];
          const [virtualAddress] = listOf(inner, 'virtual-address');
          const own = address.split('/')[0] ?? address;
          const id = group.words[1] ?? '';
          if (virtualAddress === undefined) return [];
          return [
            {
              unit: unit.name,
              group: id,
              address: own,
              virtualAddress,
              priority: own === virtualAddress ? 255 : Number(valueOf(inner, 'priority') ?? 100),
              acceptData: hasFlag(inner, 'accept-data'),
              up: unit.operUp,
              domain: [unit.vlan ?? unit.name, id, virtualAddress].join(' '),
            },
          ];
        }),
      ),
    ),
  );
}
