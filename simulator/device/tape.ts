/**
 * What happened on a router, as it happened: for whoever has to judge afterwards what its clients did. Plain JSON, so that
 * it can be handed from process to process. Nothing of it is to be had over NETCONF.
 */

/** Who made a commit, and what he wrote beside it. */
export interface Author {
  readonly user: string;
  /** `null`: nothing was written. */
  readonly log: string | null;
}

export type TapeEvent =
  | ({
      readonly kind: 'committed';
      /** When it falls back by itself, in ms since the epoch; `null`: it is permanent. */
      readonly until: number | null;
      /** What runs from now on, as Junos text. */
      readonly config: string;
      /** Who made the confirmed commit that was pending, which this confirmed or was stacked upon; `null`: none was. */
      readonly met: Author | null;
    } & Author)
  /** A check made a pending commit permanent, without a commit. */
  | { readonly kind: 'confirmed'; readonly user: string; readonly met: Author }
  /** A pending commit fell back. */
  | { readonly kind: 'fell back'; readonly config: string; readonly met: Author }
  /** A pending commit did not fall back when it was due, and never will: something was in the way. */
  | { readonly kind: 'stayed'; readonly met: Author }
  /** The shared candidate was edited; `locked`: under the editor's own lock. */
  | { readonly kind: 'edited'; readonly user: string; readonly session: number; readonly locked: boolean }
  /** Edits in the shared candidate were dropped on request; `edits` is the session that made the last of them. */
  | { readonly kind: 'discarded'; readonly user: string; readonly session: number; readonly edits: number }
  /** Somebody ended somebody's session. */
  | {
      readonly kind: 'killed';
      readonly user: string;
      readonly victim: { readonly user: string; readonly session: number };
    }
  /** A VRRP group of a unit (`ae0.1025`) came to be in a state; `gone`: it is not configured any more. */
  | {
      readonly kind: 'vrrp';
      readonly unit: string;
      readonly state: 'init' | 'backup' | 'master' | 'gone';
    }
  /** Somebody was told how something stands: a VRRP group, by unit; an interface; a counter, as `<filter> <counter>`. */
  | {
      readonly kind: 'showed';
      readonly user: string;
      readonly what: 'vrrp' | 'interface' | 'counter';
      readonly name: string;
      /** The VRRP state; `up` or `down`; `present`. */
      readonly state: string;
    }
  /** A power cycle; `config` is what runs after it. */
  | { readonly kind: 'restarted'; readonly config: string };

/** `at`: in ms since the epoch, by the router's clock. */
export type TapeEntry = { readonly at: number } & TapeEvent;

/** How a router stands, beyond what it runs. */
export interface Inspection {
  /** As Junos text. */
  readonly running: string;
  /** The shared candidate, as Junos text. */
  readonly candidate: string;
  readonly lock: { readonly user: string; readonly session: number } | null;
  /** Who made the confirmed commit that is pending, and when it falls back, in ms since the epoch. */
  readonly pending: (Author & { readonly until: number }) | null;
  readonly sessions: readonly { readonly id: number; readonly user: string }[];
}
