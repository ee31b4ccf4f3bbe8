/**
 * VRRP between routers of one network, mostly two (RFC 5798): of the groups in one domain the one with the highest priority is
 * master, at equal priority the one with the highest address. A group starts in init, listens as backup, then takes over;
 * each step takes the settle time.
 */

import type { Cancel, Clock } from './clock.ts';
import type { Config } from './config.ts';
import { vrrpSettings, type VrrpSettings } from './units.ts';

export type VrrpState = 'init' | 'backup' | 'master';

export interface VrrpGroup extends VrrpSettings {
  readonly state: VrrpState;
}

export interface Vrrp {
  groups(): readonly VrrpGroup[];
  /** Looks at the configuration and the links again. */
  refresh(): void;
  /** One more router to elect masters with. One direction only: the other router has to be told as well. */
  pairWith(peer: Vrrp): void;
  /** Of this router, the groups that elect a master in that domain. */
  inDomain(domain: string): readonly VrrpGroup[];
  /** Looks at the other routers' groups again: those of one domain, or all. */
  reconsider(domain?: string): void;
  /** Keeps all groups of a unit in init, or lets them go. */
  holdDown(unit: string, down: boolean): void;
  /** Back to init, as after a restart. */
  reset(): void;
}

export interface VrrpView {
  readonly config: Config;
  readonly down: ReadonlySet<string>;
}

interface Instance {
  settings: VrrpSettings;
  state: VrrpState;
  /** The step under way, if one is. */
  step: Cancel | undefined;
}

const byAddress = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

const isStronger = (a: VrrpSettings, b: VrrpSettings): boolean =>
  a.priority > b.priority || (a.priority === b.priority && byAddress(a.address, b.address) > 0);

/** `arrived` is told of each state that a unit's group comes to be in; `gone` when there is no such group any more. */
export function createVrrp(
  clock: Clock,
  settle: number,
  view: () => VrrpView,
  arrived: (unit: string, state: VrrpState | 'gone') => void = () => undefined,
): Vrrp {
  const instances = new Map<string, Instance>();
  const domains = new Map<string, readonly Instance[]>();
  const held = new Set<string>();
  const peers = new Set<Vrrp>();

  const tell = (domain?: string): void => {
    for (const peer of peers) peer.reconsider(domain);
  };
  const stop = (instance: Instance): void => {
    instance.step?.();
    instance.step = undefined;
  };
  const become = (instance: Instance, state: VrrpState): void => {
    stop(instance);
    if (instance.state === state) return;
    instance.state = state;
    arrived(instance.settings.unit, state);
    tell(instance.settings.domain);
  };
  const later = (instance: Instance, state: VrrpState): void => {
    const arrive = (): void => {
      become(instance, state);
      consider(instance);
    };
    if (settle <= 0) return arrive();
    instance.step ??= clock.after(settle, arrive);
  };
  const isBeaten = ({ settings }: Instance): boolean =>
    [...peers].some((peer) =>
      peer.inDomain(settings.domain).some((g) => g.state !== 'init' && isStronger(g, settings)),
    );
  const consider = (instance: Instance): void => {
    const { settings } = instance;
    if (!settings.up || held.has(settings.unit)) return become(instance, 'init');
    if (instance.state === 'init') return later(instance, 'backup');
    const beaten = isBeaten(instance);
    if (beaten) return become(instance, 'backup');
    if (instance.state === 'backup') later(instance, 'master');
  };
  const members = (domain: string): readonly Instance[] => domains.get(domain) ?? [];
  const considerAll = (): void => {
    for (const instance of instances.values()) consider(instance);
  };
  const index = (): void => {
    domains.clear();
    for (const instance of instances.values()) {
      const { domain } = instance.settings;
      domains.set(domain, [...members(domain), instance]);
    }
  };
  const shown = ({ settings, state }: Instance): VrrpGroup => ({ ...settings, state });
  return {
    groups: () => [...instances.values()].map(shown),
    inDomain: (domain) => members(domain).map(shown),
    refresh() {
      const { config, down } = view();
      const wanted = new Map(
        vrrpSettings(config, down).map((s) => [`${s.unit} ${s.address} ${s.domain}`, s]),
      );
      for (const [key, instance] of instances) {
        if (wanted.has(key)) continue;
        stop(instance);
        instances.delete(key);
        arrived(instance.settings.unit, 'gone');
      }
      for (const [key, settings] of wanted) {
        const instance = instances.get(key);
        if (instance) {
          instance.settings = settings;
          continue;
        }
        instances.set(key, { settings, state: 'init', step: undefined });
        arrived(settings.unit, 'init');
      }
      index();
      considerAll();
      tell();
    },
    pairWith(other) {
      peers.add(other);
      considerAll();
    },
    reconsider(domain) {
      if (domain === undefined) considerAll();
      else for (const instance of members(domain)) consider(instance);
    },
    holdDown(unit, down) {
      if (down) held.add(unit);
      else held.delete(unit);
      considerAll();
    },
    reset() {
      for (const instance of instances.values()) stop(instance);
      instances.clear();
      domains.clear();
      tell();
    },
  };
}
