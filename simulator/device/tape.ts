/**
 * The events of a router, from which a test judges afterwards what the clients did. They are plain JSON, so that they can be
 * passed between processes. NETCONF shows none of them.
 */

import type { BgpState } from './bgp.ts';

/** The user who made a commit, and the commit's log. */
export interface Author {
  readonly user: string;
  /** `null`: the commit has no log. */
  readonly log: string | null;
}

export type TapeEvent =
  | ({
      readonly kind: 'committed';
      /** The deadline of a confirmed commit, in ms since the epoch; `null`: the commit is permanent. */
      readonly until: number | null;
      /** The running configuration after the commit, as Junos text. */
      readonly config: string;
      /** The author of the confirmed commit that was pending before, now confirmed or replaced; `null`: none was pending. */
      readonly met: Author | null;
    } & Author)
  /** A check made the pending commit permanent. */
  | { readonly kind: 'confirmed'; readonly user: string; readonly met: Author }
  /** The pending commit fell back. `config` is the running configuration after that. */
  | { readonly kind: 'fell back'; readonly config: string; readonly met: Author }
  /** The pending commit did not fall back at its deadline and never will: a lock, edits or a fault prevented it. */
  | { readonly kind: 'stayed'; readonly met: Author }
  /** The shared candidate was edited. `locked`: whether the session owned the lock. */
  | { readonly kind: 'edited'; readonly user: string; readonly session: number; readonly locked: boolean }
  /** Edits in the shared candidate were discarded on request. `edits` is the session that made the last of them. */
  | { readonly kind: 'discarded'; readonly user: string; readonly session: number; readonly edits: number }
  /** `user` ended the session `victim`. */
  | {
      readonly kind: 'killed';
      readonly user: string;
      readonly victim: { readonly user: string; readonly session: number };
    }
  /** A VRRP group of a unit (`ae0.1025`) entered a state. `gone`: the group is not configured any more. */
  | {
      readonly kind: 'vrrp';
      readonly unit: string;
      readonly state: 'init' | 'backup' | 'master' | 'gone';
    }
  /** A BGP session entered a state. `gone`: its neighbor is not configured any more. */
  | {
      readonly kind: 'bgp';
      readonly instance: string;
      readonly peer: string;
      readonly state: BgpState | 'gone';
    }
  /**
   * A client was shown the state of a VRRP group (`name`: its unit), an interface, a counter (`<filter> <counter>`), a BGP session
   * (`<instance> <peer>`), or an active route (`<table> <destination>`).
   */
  | {
      readonly kind: 'showed';
      readonly user: string;
      readonly what: 'vrrp' | 'interface' | 'counter' | 'bgp' | 'route';
      readonly name: string;
      /** The state of a VRRP group or a BGP session; `up` or `down` for an interface; `present` for a counter or a route. */
      readonly state: string;
    }
  /** The router has started anew: after a power cycle, after a switchover, or from a snapshot. `config` is the running configuration after that. */
  | { readonly kind: 'restarted'; readonly config: string };

/** `at`: in ms since the epoch, on the router's clock. */
export type TapeEntry = { readonly at: number } & TapeEvent;

/** The state of a router at one moment. */
export interface Inspection {
  /** The running configuration, as Junos text. */
  readonly running: string;
  /** The shared candidate, as Junos text. */
  readonly candidate: string;
  readonly lock: { readonly user: string; readonly session: number } | null;
  /** The pending confirmed commit: its author, and its deadline in ms since the epoch. */
  readonly pending: (Author & { readonly until: number }) | null;
  readonly sessions: readonly { readonly id: number; readonly user: string }[];
}
