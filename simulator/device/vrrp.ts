/**
 * VRRP between routers of one network, usually two (RFC 5798). Of all groups in one domain the group with the highest
 * priority is master; at equal priority the group with the highest address. A group starts in the state init, becomes
 * backup, then master if it hears no stronger group. Each of these two steps takes the settle time.
 */

import type { Cancel, Clock } from './clock.ts';
import { blocksOf, hasFlag, listOf, valueOf, type Config } from './config/config.ts';
import { addressesOf, portsOf } from './interfaces.ts';

export type VrrpState = 'init' | 'backup' | 'master';

/** A VRRP group as it is configured. */
export interface VrrpSettings {
  readonly unit: string;
  readonly group: string;
  /** Without its prefix length. */
  readonly address: string;
  readonly virtualAddress: string;
  readonly priority: number;
  readonly acceptData: boolean;
  /** Whether the unit is operationally up. */
  readonly up: boolean;
  /** Groups of one domain elect one master: they have the same VLAN, group number and virtual address. */
  readonly domain: string;
}

export interface VrrpGroup extends VrrpSettings {
  readonly state: VrrpState;
}

/** VRRP on one router. */
export interface Vrrp {
  groups(): readonly VrrpGroup[];
  /** Reads the configuration and the links again. */
  refresh(): void;
  /** Adds a peer to elect masters with. The peer has to add this router too. */
  pairWith(peer: Vrrp): void;
  /** This router's groups of one domain. */
  inDomain(domain: string): readonly VrrpGroup[];
  /** Elects again in one domain, or in all. A peer calls this when its groups have changed. */
  reelect(domain?: string): void;
  /** `true`: all groups of a unit stay in the state init. `false`: they run again. */
  holdDown(unit: string, down: boolean): void;
  /** Removes all groups and timers, as a restart does. */
  reset(): void;
}

export interface VrrpSource {
  /** The effective configuration. */
  readonly config: Config;
  /** The names of interfaces without a link. */
  readonly linksDown: ReadonlySet<string>;
}

interface Instance {
  settings: VrrpSettings;
  state: VrrpState;
  /** Cancels the step that waits for the settle time. */
  step: Cancel | undefined;
}

/**
 * `settle` is the settle time in ms. `onTransition` is called for each state that a unit's group enters, and with `gone`
 * when the group is removed.
 */
export function createVrrp(
  clock: Clock,
  settle: number,
  source: () => VrrpSource,
  onTransition: (unit: string, state: VrrpState | 'gone') => void = () => undefined,
): Vrrp {
  const instances = new Map<string, Instance>();
  const domains = new Map<string, readonly Instance[]>();
  const heldDown = new Set<string>();
  const peers = new Set<Vrrp>();

  const notifyPeers = (domain?: string): void => {
    for (const peer of peers) peer.reelect(domain);
  };
  const cancelStep = (instance: Instance): void => {
    instance.step?.();
    instance.step = undefined;
  };
  const enter = (instance: Instance, state: VrrpState): void => {
    cancelStep(instance);
    if (instance.state === state) return;
    instance.state = state;
    onTransition(instance.settings.unit, state);
    notifyPeers(instance.settings.domain);
  };
  const enterAfterSettling = (instance: Instance, state: VrrpState): void => {
    const settled = (): void => {
      enter(instance, state);
      elect(instance);
    };
    if (settle <= 0) return settled();
    instance.step ??= clock.after(settle, settled);
  };
  const hearsStronger = ({ settings }: Instance): boolean =>
    [...peers].some((peer) =>
      peer.inDomain(settings.domain).some((g) => g.state !== 'init' && isStronger(g, settings)),
    );
  const elect = (instance: Instance): void => {
    const { settings } = instance;
    if (!settings.up || heldDown.has(settings.unit)) return enter(instance, 'init');
    if (instance.state === 'init') return enterAfterSettling(instance, 'backup');
    if (hearsStronger(instance)) return enter(instance, 'backup');
    if (instance.state === 'backup') enterAfterSettling(instance, 'master');
  };
  const electAll = (): void => {
    for (const instance of instances.values()) elect(instance);
  };
  const members = (domain: string): readonly Instance[] => domains.get(domain) ?? [];
  const indexDomains = (): void => {
    domains.clear();
    for (const instance of instances.values()) {
      const { domain } = instance.settings;
      domains.set(domain, [...members(domain), instance]);
    }
  };
  const groupOf = ({ settings, state }: Instance): VrrpGroup => ({ ...settings, state });
  return {
    groups: () => [...instances.values()].map(groupOf),
    inDomain: (domain) => members(domain).map(groupOf),
    refresh() {
      const { config, linksDown } = source();
      const configured = new Map(
        vrrpSettings(config, linksDown).map((s) => [`${s.unit} ${s.address} ${s.domain}`, s]),
      );
      for (const [key, instance] of instances) {
        if (configured.has(key)) continue;
        cancelStep(instance);
        instances.delete(key);
        onTransition(instance.settings.unit, 'gone');
      }
      for (const [key, settings] of configured) {
        const instance = instances.get(key);
        if (instance) {
          instance.settings = settings;
          continue;
        }
        instances.set(key, { settings, state: 'init', step: undefined });
        onTransition(settings.unit, 'init');
      }
      indexDomains();
      electAll();
      notifyPeers();
    },
    pairWith(peer) {
      peers.add(peer);
      electAll();
    },
    reelect(domain) {
      if (domain === undefined) electAll();
      else for (const instance of members(domain)) elect(instance);
    },
    holdDown(unit, down) {
      if (down) heldDown.add(unit);
      else heldDown.delete(unit);
      electAll();
    },
    reset() {
      for (const instance of instances.values()) cancelStep(instance);
      instances.clear();
      domains.clear();
      notifyPeers();
    },
  };
}

function isStronger(a: VrrpSettings, b: VrrpSettings): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  return a.address.localeCompare(b.address, 'en', { numeric: true }) > 0;
}

/** The VRRP groups of an effective configuration. A group without a virtual address does not run. */
function vrrpSettings(config: Config, linksDown: ReadonlySet<string>): readonly VrrpSettings[] {
  return portsOf(config, linksDown).flatMap((port) =>
    port.units.flatMap((unit) =>
      addressesOf(unit).flatMap(({ address, content }) =>
        blocksOf(content, 'vrrp-group').flatMap((group): readonly VrrpSettings[] => {
          const inner = group.children ?? [];
          const [virtualAddress] = listOf(inner, 'virtual-address');
          if (virtualAddress === undefined) return [];
          const own = address.split('/')[0] ?? address;
          const number = group.words[1] ?? '';
          return [
            {
              unit: unit.name,
              group: number,
              address: own,
              virtualAddress,
              // RFC 5798 §5.2.4: the owner of the virtual address has the priority 255.
              priority: own === virtualAddress ? 255 : Number(valueOf(inner, 'priority') ?? 100),
              acceptData: hasFlag(inner, 'accept-data'),
              up: unit.operUp,
              domain: [unit.vlan ?? unit.name, number, virtualAddress].join(' '),
            },
          ];
        }),
      ),
    ),
  );
}
