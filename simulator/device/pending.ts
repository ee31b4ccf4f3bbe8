/**
 * The confirmed commit that waits for its confirmation: at most one. It knows when it falls back and to what; how that
 * is done is not its business.
 */

import type { Cancel, Clock } from './clock.ts';
import type { Config } from './config.ts';

export interface PendingCommit {
  /** The commit's sequence number in the history. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly fallback: Config;
  /** The session whose end makes it fall back at once: the standard form (RFC 6241 §8.4); Junos's own has none. */
  readonly session?: number;
}

export interface Pending {
  readonly current: PendingCommit | undefined;
  /** Begins to wait, in the place of what waited before. */
  begin(commit: PendingCommit): void;
  /** Ends the waiting without falling back. False when nothing waited. */
  end(): boolean;
}

/** `due` is called when a deadline comes with nobody having confirmed. */
export function createPending(clock: Clock, due: (commit: PendingCommit) => void): Pending {
  let current: PendingCommit | undefined;
  let cancel: Cancel = () => undefined;
  return {
    get current() {
      return current;
    },
    begin(commit) {
      cancel();
      current = commit;
      cancel = clock.after(Math.max(0, commit.deadline - clock.now()), () => due(commit));
    },
    end() {
      cancel();
      const was = current !== undefined;
      current = undefined;
      return was;
    },
  };
}
