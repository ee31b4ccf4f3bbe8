/**
 * VRRP between routers of one network, usually two (RFC 5798 §6.4). A group starts in the state init. After the settle time it is backup. It
 * becomes master when it has heard no master, or only masters that it may preempt, for a master-down interval that ends after the silent period. A
 * master that hears a stronger one is backup again. Advertisements are not sent: each router sees at once which groups of its peers are masters.
 */

import type { Cancel, Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import { vrrpSettings, type VrrpSettings } from './vrrp-settings.ts';

export type VrrpState = 'init' | 'backup' | 'master';

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
  /** This router's groups of one domain that are master, and that its peers can hear. */
  mastersIn(domain: string): readonly VrrpGroup[];
  /** Elects again in one domain, or in all. A peer calls this when its groups have changed. */
  reelect(domain?: string): void;
  /** `true`: all groups of a unit stay in the state init. `false`: they run again. */
  holdDown(unit: string, down: boolean): void;
  /** `true`: the groups of a unit and those of other routers don't hear each other. `false`: they hear each other again. */
  isolate(unit: string, isolated: boolean): void;
  /** Removes all groups and timers, as a restart does. */
  reset(): void;
}

export interface VrrpSource {
  /** The effective configuration. */
  readonly config: Config;
  /** The names of interfaces without a link. */
  readonly linksDown: ReadonlySet<string>;
}

export interface VrrpTiming {
  /** From the state init to the state backup, in ms. */
  readonly settle: number;
  /** The length of a minute of VRRP's timers, in ms. */
  readonly minute: number;
}

interface Instance {
  settings: VrrpSettings;
  state: VrrpState;
  /** When the group's silent period ends, in ms since the epoch, by the device's clock. */
  silentUntil: number;
  /** Cancels the step that is planned for later. */
  step: Cancel | undefined;
}

/** `onTransition` is called for each state that a unit's group enters, and with `gone` when the group is removed. */
export function createVrrp(
  clock: Clock,
  { settle, minute }: VrrpTiming,
  source: () => VrrpSource,
  onTransition: (unit: string, state: VrrpState | 'gone') => void = () => undefined,
): Vrrp {
  const instances = new Map<string, Instance>();
  const domains = new Map<string, readonly Instance[]>();
  const heldDown = new Set<string>();
  const isolated = new Set<string>();
  const peers = new Set<Vrrp>();

  const scaled = (ms: number): number => (ms * minute) / 60_000;
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
    elect(instance);
  };
  /** Does the step after `ms`; at once if `ms` is 0 or less. A later step is not planned if one is planned already. */
  const after = (instance: Instance, ms: number, step: () => void): void => {
    if (ms <= 0) return step();
    instance.step ??= clock.after(ms, () => {
      instance.step = undefined;
      step();
    });
  };
  const mastersHeardBy = ({ settings }: Instance): readonly VrrpGroup[] =>
    isolated.has(settings.unit) ? [] : [...peers].flatMap((peer) => peer.mastersIn(settings.domain));
  /**
   * To be called when the master-down interval is over. Within the silent period the interval begins anew, except for the owner of the virtual
   * address. If a weaker router is master, the hold-time has to pass as well.
   */
  const takeOver = (instance: Instance): void => {
    if (instance.settings.priority !== 255 && clock.now() < instance.silentUntil) return elect(instance);
    const isHeld = mastersHeardBy(instance).length > 0;
    after(instance, isHeld ? scaled(instance.settings.holdMs) : 0, () => enter(instance, 'master'));
  };
  const elect = (instance: Instance): void => {
    const { settings, state } = instance;
    if (!settings.up || heldDown.has(settings.unit)) return enter(instance, 'init');
    const masters = mastersHeardBy(instance);
    switch (state) {
      case 'init':
        return after(instance, settle, () => {
          instance.silentUntil = clock.now() + scaled(settings.silentMs);
          enter(instance, 'backup');
        });
      case 'backup':
        // The advertisements of a master that may not be preempted start the timer anew, over and over.
        if (masters.some((master) => !mayPreempt(settings, master))) return cancelStep(instance);
        return after(instance, settings.priority === 255 ? 0 : scaled(masterDownMs(settings)), () =>
          takeOver(instance),
        );
      case 'master':
        if (masters.some((master) => isStronger(master, settings))) enter(instance, 'backup');
    }
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
    mastersIn: (domain) =>
      members(domain)
        .filter(({ state, settings }) => state === 'master' && !isolated.has(settings.unit))
        .map(groupOf),
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
        instances.set(key, { settings, state: 'init', silentUntil: 0, step: undefined });
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
    isolate(unit, isIsolated) {
      if (isIsolated) isolated.add(unit);
      else isolated.delete(unit);
      electAll();
      notifyPeers();
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

/** RFC 5798 §6.4.2: a backup that preempts ignores a master of a lower priority. */
function mayPreempt({ preempts, priority }: VrrpSettings, master: VrrpSettings): boolean {
  return preempts && priority > master.priority;
}

/** The master-down interval (RFC 5798 §6.1). */
function masterDownMs({ intervalMs, threshold, priority }: VrrpSettings): number {
  return threshold * intervalMs + ((256 - priority) * intervalMs) / 256;
}
