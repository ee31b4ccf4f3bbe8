/**
 * The switches of a device: how long its work takes, and how it behaves where Junos's behaviour is not known (the
 * questions that `docs/routers.md` lists).
 */

import type { OutsidePeer } from './bgp.ts';
import { PLAIN, type Dialect } from './dialect.ts';

/** Times in milliseconds, on the device's clock. */
export interface Delays {
  /** A commit check, alone or as the first half of a commit. */
  readonly check: number;
  /** Activating a new configuration, after its check. */
  readonly commit: number;
  /** Activating, for a commit that changes nothing and only confirms a pending one. */
  readonly confirm: number;
  /** Activating the configuration that an unconfirmed commit falls back to. */
  readonly rollback: number;
  /** The time from the state init to the state backup of a VRRP group. After that the group's configured timers run, see `minute`. */
  readonly vrrpSettle: number;
}

export interface DeviceOptions {
  readonly delays: Delays;
  /** The length of a minute of Junos's `confirm-timeout` and of the timers of VRRP and BGP, in ms. Default 60 000. */
  readonly minute: number;
  /** The length of a second of the standard `confirm-timeout`, in ms. Default 1000. */
  readonly second: number;
  /**
   * A confirmed commit while another one is pending. `confirm-previous` (default): the pending one is confirmed, and the
   * new one falls back to the configuration that ran just before the new one. `last-only`: the deadline of the pending one
   * is dropped, and the new one falls back to the configuration that ran before both.
   */
  readonly stacking: 'confirm-previous' | 'last-only';
  /**
   * A restart while a commit is pending. `forget` (default): the commit stays for good. `revert`: the router falls back
   * while it starts. `resume`: the deadline stays; but a commit that is bound to its session falls back.
   */
  readonly reboot: 'forget' | 'revert' | 'resume';
  /** How long after its deadline a commit falls back, in ms. Until then it is pending, and everything else goes on. Default 0. */
  readonly fallbackLate: number;
  /**
   * A deadline while somebody has the lock. `fires` (default): the router falls back all the same. `waits`: it falls back
   * when the lock is released. `fails`: it never falls back, and the commit stays for good.
   */
  readonly deadlineMeetsLock: 'fires' | 'waits' | 'fails';
  /**
   * A deadline while the candidate has uncommitted edits. `replace` (default): they are lost. `keep`: they stay in the
   * candidate. `fails`: the router never falls back.
   */
  readonly deadlineMeetsDirty: 'replace' | 'keep' | 'fails';
  /** An unlock while the candidate has uncommitted edits. `keep` (default): they stay. `discard`: they are lost. */
  readonly unlockMeetsDirty: 'keep' | 'discard';
  /**
   * A check by another user than the author of the pending commit. `confirms` (default): it confirms the commit, as a check
   * by the author does. `leaves`: the commit stays pending.
   */
  readonly foreignCheck: 'confirms' | 'leaves';
  /**
   * Where the commit information has `<commit-confirmed>`. `live` (default): on the pending commit, while it is pending.
   * `forever`: on every commit that was a confirmed one. `none`: never.
   */
  readonly pendingMark: 'live' | 'forever' | 'none';
  /**
   * How many routing engines the router has. Default 1. A snapshot does not hold what the backup has: in a device that is made from a snapshot,
   * the backup begins with the snapshot's running configuration.
   */
  readonly routingEngines: 1 | 2;
  /**
   * `<synchronize/>` on a router with one routing engine. `warns` (default): the commit is made, with a warning. `refuses`: nothing is done.
   */
  readonly synchronizeAlone: 'warns' | 'refuses';
  /** Whether the router offers `:base:1.1`, chunked framing. Default false, as Junos before 24.4. */
  readonly base11: boolean;
  /** How many commits the history keeps. Default 50. */
  readonly historyLength: number;
  /** By how much the times that the router prints are ahead of the clock, in ms; negative: behind. Default 0. */
  readonly clockAhead: number;
  /** Simulated customers' routers, outside of the pair, that speak BGP with this one. Default none. */
  readonly peers: readonly OutsidePeer[];
  /** How the router writes its replies. Default: the documented forms. */
  readonly dialect: Dialect;
}

/** Options as a caller gives them. Those left out have their defaults. */
export type DeviceOptionsInput = Partial<Omit<DeviceOptions, 'delays' | 'dialect'>> & {
  readonly delays?: Partial<Delays>;
  readonly dialect?: Partial<Dialect>;
};

const NO_DELAYS: Delays = { check: 0, commit: 0, confirm: 0, rollback: 0, vrrpSettle: 0 };

const DEFAULT_OPTIONS: DeviceOptions = {
  delays: NO_DELAYS,
  minute: 60_000,
  second: 1000,
  stacking: 'confirm-previous',
  reboot: 'forget',
  fallbackLate: 0,
  deadlineMeetsLock: 'fires',
  deadlineMeetsDirty: 'replace',
  unlockMeetsDirty: 'keep',
  foreignCheck: 'confirms',
  pendingMark: 'live',
  routingEngines: 1,
  synchronizeAlone: 'warns',
  base11: false,
  historyLength: 50,
  clockAhead: 0,
  peers: [],
  dialect: PLAIN,
};

/** Fills in the defaults. Throws a RangeError, with the option's name, for a time or a length that makes no sense. */
export function deviceOptions(input: DeviceOptionsInput = {}): DeviceOptions {
  const delays = { ...NO_DELAYS, ...input.delays };
  const dialect = { ...PLAIN, ...input.dialect };
  const options = { ...DEFAULT_OPTIONS, ...input, delays, dialect };
  const times = Object.entries(options.delays).map(([name, ms]) => [`delays.${name}`, ms] as const);
  for (const [name, ms] of [...times, ['fallbackLate', options.fallbackLate] as const]) {
    if (!(ms >= 0)) throw new RangeError(`Expected ${name} to be a number of ms, 0 or more, got ${ms}`);
  }
  for (const name of ['minute', 'second', 'historyLength'] as const) {
    if (!(options[name] > 0))
      throw new RangeError(`Expected ${name} to be a number above 0, got ${options[name]}`);
  }
  return options;
}
