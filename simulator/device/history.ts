/** The commits of a router: the history, and the one confirmed commit that may be pending. */

import type { Cancel, Clock } from './clock.ts';
import type { Config } from './config/config.ts';

export interface Commit {
  readonly config: Config;
  readonly user: string;
  /** `netconf`, `cli`, or `other` for commits that the router makes by itself. */
  readonly client: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly log?: string;
  /** Text that the router adds and never takes away: `commit confirmed, rollback in 10mins`. */
  readonly comment?: string;
  /** Whether the commit was synchronized with the other routing engine. In its reply the router says so in a separate comment. */
  readonly isSynchronized?: true;
  /** No other commit of the router has this number, whichever routing engine made it. A commit keeps its number, while its place in the history changes. */
  readonly sequence: number;
}

export interface History {
  /** Newest first. Never empty, since the router always runs a configuration. */
  readonly commits: readonly Commit[];
  readonly newest: Commit;
  add(commit: Omit<Commit, 'sequence'>): Commit;
  /** Replaces all commits. */
  reset(commits: readonly Commit[]): void;
  /** A sequence number that no commit of the router has yet. */
  newSequence(): number;
}

export function createHistory(first: Omit<Commit, 'sequence'>, length: number): History {
  let last = 1;
  let newest: Commit = { ...first, sequence: last };
  let older: readonly Commit[] = [];
  const newSequence = (): number => (last += 1);
  return {
    newSequence,
    get commits() {
      return [newest, ...older];
    },
    get newest() {
      return newest;
    },
    add(commit) {
      older = [newest, ...older].slice(0, length - 1);
      newest = { ...commit, sequence: newSequence() };
      return newest;
    },
    reset(commits) {
      const [first, ...rest] = commits;
      if (!first) throw new RangeError('Expected a history of at least one commit, got an empty one');
      newest = first;
      older = rest.slice(0, length - 1);
      last = Math.max(last, ...commits.map(({ sequence }) => sequence));
    },
  };
}

/** A confirmed commit that is not confirmed yet and has not fallen back. */
export interface PendingCommit {
  /** The commit's sequence number in the history. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly fallback: Config;
  /**
   * The session whose end makes the commit fall back at once: the standard form of a confirmed commit (RFC 6241 §8.4).
   * Junos's own form does not depend on its session.
   */
  readonly session?: number;
}

/** Keeps the deadline of the pending commit. `fallback.ts` carries out the fall-back. */
export interface Pending {
  readonly current: PendingCommit | undefined;
  /** Makes this commit the pending one, in place of any other. */
  start(commit: PendingCommit): void;
  /** Ends the wait without a fall-back: nothing is pending any more. */
  clear(): void;
}

/** Calls `onDeadline` `late` ms after the deadline of a commit that is still pending. */
export function createPending(
  clock: Clock,
  late: number,
  onDeadline: (commit: PendingCommit) => void,
): Pending {
  let current: PendingCommit | undefined;
  let cancel: Cancel = () => undefined;
  return {
    get current() {
      return current;
    },
    start(commit) {
      cancel();
      current = commit;
      cancel = clock.after(Math.max(0, commit.deadline + late - clock.now()), () => onDeadline(commit));
    },
    clear() {
      cancel();
      current = undefined;
    },
  };
}
