/** The candidate configuration, of which there is one for all sessions, and its lock (RFC 6241 §7.5, §8.3). */

import type { Config } from './config/config.ts';

export interface Candidate {
  readonly config: Config;
  /** The session that made the last edit since the candidate was equal to the running configuration. */
  readonly modifiedBy: number | undefined;
  change(config: Config, session: number): void;
  /** Makes the candidate equal to the running configuration. */
  reset(running: Config): void;
}

export function createCandidate(running: Config): Candidate {
  let config = running;
  let modifiedBy: number | undefined;
  return {
    get config() {
      return config;
    },
    get modifiedBy() {
      return modifiedBy;
    },
    change(next, session) {
      if (next === config) return;
      config = next;
      modifiedBy = session;
    },
    reset(next) {
      config = next;
      modifiedBy = undefined;
    },
  };
}

export interface LockOwner {
  readonly session: number;
  readonly user: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface Lock {
  readonly owner: LockOwner | undefined;
  /** Returns undefined when the lock is acquired; the present owner when somebody has it already, even the same session. */
  acquire(owner: LockOwner): LockOwner | undefined;
  /** Has no effect when another session owns the lock. */
  release(session: number): void;
  /** Calls `fn` once: now when nobody owns the lock, otherwise as soon as it is released. */
  whenFree(fn: () => void): void;
}

export function createLock(): Lock {
  let owner: LockOwner | undefined;
  let waiting: (() => void)[] = [];
  return {
    get owner() {
      return owner;
    },
    acquire(next) {
      if (owner) return owner;
      owner = next;
      return undefined;
    },
    release(session) {
      if (owner?.session !== session) return;
      owner = undefined;
      const freed = waiting;
      waiting = [];
      for (const fn of freed) fn();
    },
    whenFree(fn) {
      if (owner) waiting.push(fn);
      else fn();
    },
  };
}
