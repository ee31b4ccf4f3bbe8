/**
 * The routing engines of a router. The master carries out all requests: everything else in this folder is about the master. The backup has
 * commits of its own: those that were synchronized with it. If a commit on trial has reached the backup, it falls back there by itself, unless the
 * check or commit that confirms it is synchronized, too.
 */

import type { Commit, History, PendingCommit } from './history.ts';
import type { DeviceOptions } from './options.ts';
import type { Clock } from './clock.ts';

/** What one engine has. */
export interface EngineState {
  readonly history: { readonly commits: readonly Commit[] };
  readonly pending: { readonly current: PendingCommit | undefined };
}

export interface Engines {
  /** Slot of the master. */
  readonly master: 0 | 1;
  /** Whether there is a backup, and it answers. */
  readonly hasBackup: boolean;
  /** While this is true, the backup does not answer the master. */
  isBackupAway: boolean;
  /** The backup makes a commit that the master has made. `deadline`: when a commit on trial falls back, in ms since the epoch; `null`: it is permanent. */
  commitOnBackup(commit: Commit, deadline: number | null): void;
  /** What is pending on the backup becomes permanent. */
  confirmOnBackup(): void;
  /** The backup becomes the master, and the master the backup. Returns what the new master has. Throws a RangeError if the router has one engine only. */
  switchOver(master: EngineState): EngineState;
}

interface Backup {
  readonly commits: readonly Commit[];
  readonly pending?: PendingCommit;
}

export function createEngines(
  { routingEngines, fallbackLate }: DeviceOptions,
  clock: Clock,
  { newest, newSequence }: Pick<History, 'newest' | 'newSequence'>,
): Engines {
  let backup: Backup = { commits: [newest] };
  const now = (): Backup => {
    const { pending, commits } = backup;
    if (pending === undefined) return backup;
    const { fallback: config, deadline } = pending;
    const at = deadline + fallbackLate;
    if (clock.now() < at) return backup;
    backup = {
      commits: [{ config, user: 'root', client: 'other', at, sequence: newSequence() }, ...commits],
    };
    return backup;
  };
  const engines = {
    master: 0 as 0 | 1,
    isBackupAway: false,
    get hasBackup() {
      return routingEngines === 2 && !engines.isBackupAway;
    },
    commitOnBackup(commit: Commit, deadline: number | null) {
      const { commits } = now();
      const fallback = commits[0]?.config ?? commit.config;
      backup = {
        commits: [commit, ...commits],
        ...(deadline === null ? {} : { pending: { sequence: commit.sequence, deadline, fallback } }),
      };
    },
    confirmOnBackup() {
      backup = { commits: now().commits };
    },
    switchOver({ history, pending }: EngineState): EngineState {
      if (routingEngines !== 2) throw new RangeError('Expected a router with two routing engines, got one');
      const { commits, pending: current } = now();
      const { current: left } = pending;
      backup = { commits: history.commits, ...(left === undefined ? {} : { pending: left }) };
      engines.master = engines.master === 0 ? 1 : 0;
      return { history: { commits }, pending: { current } };
    },
  };
  return engines;
}
