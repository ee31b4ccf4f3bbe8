/** What can be chosen about a device: how long things take, and how it behaves where Junos's behaviour is not known. */

/** Times in milliseconds, on the device's clock. */
export interface Delays {
  /** A commit check, alone or as the first half of a commit. */
  readonly check: number;
  /** Activating a new configuration, after its check. */
  readonly commit: number;
  /** Activating, when all that the commit does is confirm a pending one. */
  readonly confirm: number;
  /** Activating the configuration that an unconfirmed commit falls back to. */
  readonly rollback: number;
  /** How long after a change a VRRP group needs for each of the steps init → backup → master. */
  readonly vrrpSettle: number;
}

export interface DeviceOptions {
  readonly delays: Delays;
  /** The length of a minute of `confirm-timeout`, in ms. Default 60 000. */
  readonly minute: number;
  /** The length of a second of a standard `confirm-timeout`, in ms. Default 1000. */
  readonly second: number;
  /**
   * A confirmed commit meets a pending one. `confirm-previous` (default): it confirms the earlier one, and falls back to
   * what ran just before itself. `last-only`: only the last deadline counts, and it falls back to what ran before the first.
   */
  readonly stacking: 'confirm-previous' | 'last-only';
  /** A restart with a commit pending. `forget` (default): it stays. `revert`: it falls back while starting. `resume`: the deadline stands. */
  readonly reboot: 'forget' | 'revert' | 'resume';
  /** The deadline meets a lock. `fires` (default): regardless of it. `waits`: until the lock is gone. `fails`: never, the commit stays. */
  readonly deadlineMeetsLock: 'fires' | 'waits' | 'fails';
  /** The deadline meets uncommitted edits. `replace` (default): they are lost. `keep`: they stay in the candidate. `fails`: no fallback. */
  readonly deadlineMeetsDirty: 'replace' | 'keep' | 'fails';
  /** An unlock with uncommitted edits. `keep` (default): they stay in the candidate. `discard`: they are gone. */
  readonly unlockMeetsDirty: 'keep' | 'discard';
  /** A check by another user than the one whose commit is pending. `confirms` (default): as his own does. `leaves`: it stays pending. */
  readonly foreignCheck: 'confirms' | 'leaves';
  /** `<commit-confirmed>` in the commit information. `live` (default): while one is pending. `forever`: it stays on the entry. `none`. */
  readonly pendingMark: 'live' | 'forever' | 'none';
  /** Offers `:base:1.1`, chunked framing. Default false, as Junos before 24.4. */
  readonly base11: boolean;
  /** How many commits the history keeps. Default 50. */
  readonly historyLength: number;
}

/** Options as a caller gives them: what is left out has its default. */
export type DeviceOptionsInput = Partial<Omit<DeviceOptions, 'delays'>> & {
  readonly delays?: Partial<Delays>;
};

const NO_DELAYS: Delays = { check: 0, commit: 0, confirm: 0, rollback: 0, vrrpSettle: 0 };

export const DEFAULT_OPTIONS: DeviceOptions = {
  delays: NO_DELAYS,
  minute: 60_000,
  second: 1000,
  stacking: 'confirm-previous',
  reboot: 'forget',
  deadlineMeetsLock: 'fires',
  deadlineMeetsDirty: 'replace',
  unlockMeetsDirty: 'keep',
  foreignCheck: 'confirms',
  pendingMark: 'live',
  base11: false,
  historyLength: 50,
};

/** Fills in the defaults. Throws a RangeError naming the option when a time or a length makes no sense. */
export function deviceOptions(input: DeviceOptionsInput = {}): DeviceOptions {
  const options = { ...DEFAULT_OPTIONS, ...input, delays: { ...NO_DELAYS, ...input.delays } };
  for (const [name, ms] of Object.entries(options.delays)) {
    if (!(ms >= 0))
      throw new RangeError(`Expected delays.${name} to be a number of ms, 0 or more, got ${ms}`);
  }
  for (const name of ['minute', 'second', 'historyLength'] as const) {
    if (!(options[name] > 0))
      throw new RangeError(`Expected ${name} to be a number above 0, got ${options[name]}`);
  }
  return options;
}
