/** The lock on the candidate: one owner at a time. */

import { dateText, idleText } from './date-text.ts';
import type { RpcError } from './rpc-error.ts';

export interface LockOwner {
  readonly session: number;
  readonly user: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface Lock {
  readonly owner: LockOwner | undefined;
  /** Whether somebody other than this session has it. */
  heldByAnother(session: number): boolean;
  /** Takes the lock. Undefined when it is taken now; the owner when it is somebody's already (the asker's too). */
  take(owner: LockOwner): LockOwner | undefined;
  /** True when this session had it. */
  release(session: number): boolean;
  /** Calls once the lock is free: now, or later. */
  whenFree(fn: () => void): void;
}

export function createLock(): Lock {
  let owner: LockOwner | undefined;
  let waiting: (() => void)[] = [];
  return {
    get owner() {
      return owner;
    },
    heldByAnother: (session) => owner !== undefined && owner.session !== session,
    take(next) {
      if (owner) return owner;
      owner = next;
      return undefined;
    },
    release(session) {
      if (owner?.session !== session) return false;
      owner = undefined;
      const freed = waiting;
      waiting = [];
      for (const fn of freed) fn();
      return true;
    },
    whenFree(fn) {
      if (owner) waiting.push(fn);
      else fn();
    },
  };
}

/** What somebody is told who needs the candidate while another one has it. */
export function lockDenied(owner: LockOwner, now: number): RpcError {
  const since = `on since ${dateText(owner.since)}, idle ${idleText(now - owner.since)}`;
  return {
    severity: 'error',
    type: 'protocol',
    tag: 'lock-denied',
    message: `configuration database locked by:\n  ${owner.user} terminal (pid ${owner.session}) ${since}\n      exclusive [edit]`,
    sessionId: owner.session,
  };
}
