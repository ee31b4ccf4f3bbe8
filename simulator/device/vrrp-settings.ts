/** The VRRP groups of a configuration. */

import { blocksOf, hasFlag, inside, listOf, valueOf, type Config } from './config/config.ts';
import { addressesOf, portsOf } from './interfaces.ts';

/** A VRRP group as it is configured. Times are in ms. */
export interface VrrpSettings {
  readonly unit: string;
  readonly group: string;
  /** The router's own address, without its prefix length. */
  readonly address: string;
  readonly virtualAddress: string;
  /** 255 for the owner of the virtual address; otherwise the configured priority, less the cost of each tracked interface that is not up. */
  readonly priority: number;
  /** Between two advertisements. */
  readonly intervalMs: number;
  /** How many advertisements in a row a backup misses before it becomes master. */
  readonly threshold: number;
  readonly preempts: boolean;
  /** How long the group waits before it preempts a weaker master. */
  readonly holdMs: number;
  /** The silent period after the interface came up. A backup whose master-down interval ends within it begins the interval anew. */
  readonly silentMs: number;
  readonly acceptData: boolean;
  /** Whether the unit is operationally up. */
  readonly up: boolean;
  /** Groups of one domain elect one master: they have the same VLAN, group number and virtual address. */
  readonly domain: string;
}

const FAMILIES = {
  'vrrp-group': { virtual: 'virtual-address', interval: 'advertise-interval', unitMs: 1_000 },
  'vrrp-inet6-group': {
    virtual: 'virtual-inet6-address',
    interval: 'inet6-advertise-interval',
    unitMs: 1,
  },
} as const;

/** The VRRP groups of an effective configuration. A group without a virtual address does not run. */
export function vrrpSettings(config: Config, linksDown: ReadonlySet<string>): readonly VrrpSettings[] {
  const ports = portsOf(config, linksDown);
  const up = new Set(
    [...ports, ...ports.flatMap(({ units }) => units)].flatMap(({ name, operUp }) => (operUp ? [name] : [])),
  );
  const silentMs = Number(valueOf(inside(config, 'protocols', 'vrrp'), 'startup-silent-period') ?? 4) * 1_000;
  return ports.flatMap((port) =>
    port.units.flatMap((unit) =>
      addressesOf(unit).flatMap(({ address, content }) =>
        Object.entries(FAMILIES).flatMap(([keyword, words]) =>
          blocksOf(content, keyword).flatMap((group): readonly VrrpSettings[] => {
            const inner = group.children ?? [];
            const [virtualAddress] = listOf(inner, words.virtual);
            if (virtualAddress === undefined) return [];
            const own = address.split('/')[0] ?? address;
            const number = group.words[1] ?? '';
            const preempt = blocksOf(inner, 'preempt')[0]?.children ?? [];
            return [
              {
                unit: unit.name,
                group: number,
                address: own,
                virtualAddress,
                // RFC 5798 §5.2.4: the owner of the virtual address has the priority 255.
                priority: own === virtualAddress ? 255 : priorityOf(inner, up),
                intervalMs: Number(
                  valueOf(inner, 'fast-interval') ??
                    Number(valueOf(inner, words.interval) ?? 1_000 / words.unitMs) * words.unitMs,
                ),
                threshold: Number(valueOf(inner, 'advertisements-threshold') ?? 3),
                preempts: !hasFlag(inner, 'no-preempt'),
                holdMs: Number(valueOf(preempt, 'hold-time') ?? 0) * 1_000,
                silentMs,
                acceptData: hasFlag(inner, 'accept-data'),
                up: unit.operUp,
                domain: [unit.vlan ?? unit.name, number, virtualAddress].join(' '),
              },
            ];
          }),
        ),
      ),
    ),
  );
}

/** At least 1, whatever the tracked interfaces cost. `up`: the names of the interfaces that are up. */
function priorityOf(group: Config, up: ReadonlySet<string>): number {
  const costs = blocksOf(inside(group, 'track'), 'interface').map(
    ({ words: [, name = ''], children = [] }) =>
      up.has(name) ? 0 : Number(valueOf(children, 'priority-cost') ?? 0),
  );
  const configured = Number(valueOf(group, 'priority') ?? 100);
  return Math.max(
    1,
    costs.reduce((left, cost) => left - cost, configured),
  );
}
