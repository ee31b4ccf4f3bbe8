/**
 * Finds the confirmed commit that still waits to be confirmed, and the operations that confirm it. Only the newest commit can be pending,
 * because each commit confirms the one before. Routers show a pending commit in two ways:
 *
 * - **By a mark.** The commit information marks the pending commit. The mark goes when the commit is confirmed or rolled back.
 * - **By the clock.** There are no marks, or marks stay for ever. A confirmed commit then counts as pending until its deadline, and the
 *   time by which the router may roll back late, are over.
 *
 * A mark on an older commit, which can't be pending, says that marks stay on this router.
 */
import type { CommitEntry, CommitHistory } from './commit-information.ts';
import { check, commit } from './configuration-operations.ts';
import type { Done, Operation } from './operation.ts';

export interface PendingCommit {
  readonly entry: CommitEntry;
  /**
   * The operations that make it permanent, in the order to try them. After each one, look whether the commit is still pending. The candidate
   * must hold no edits.
   * `log`: comment in the commit history.
   */
  readonly confirmations: (log: string) => readonly Operation<Done>[];
}

export interface PendingFacts {
  /** In ms since the epoch. */
  readonly now: number;
  /** Length of a minute of `confirm-timeout`, in ms. */
  readonly minuteMs: number;
  /** How long after its deadline a router may take until it has rolled back, in ms. */
  readonly lateMs: number;
  /** When a commit is rolled back, in ms since the epoch, if its log line says so. Preferred to the router's own comment. */
  readonly deadlineOf?: (entry: CommitEntry) => number | undefined;
  /** The router was seen to mark a pending commit before. */
  readonly marksSeen?: boolean;
}

/**
 * The commit that is pending; also one that may be pending, if the history can't tell. To decide that, older entries are read only if the
 * newest one is marked after its deadline, or lacks a mark before its deadline on a router that was seen to mark.
 */
export function pendingCommit(history: CommitHistory, facts: PendingFacts): PendingCommit | undefined {
  const [entry] = history;
  if (entry === undefined) return undefined;
  const isInTime = mayRollBack(entry, facts);
  const marksStay = () => hasOlderMark(history);
  const isPending = entry.rollbackPending
    ? isInTime || !marksStay()
    : isInTime && (facts.marksSeen !== true || marksStay());
  if (!isPending) return undefined;
  return {
    entry,
    confirmations(log) {
      const byCommit = commit({ log });
      // A check leaves no trace in the history. If the mark stays after the check, only a commit shows that the pending one was confirmed.
      return entry.rollbackPending && !marksStay() ? [check(), byCommit] : [byCommit];
    },
  };
}

function hasOlderMark(history: CommitHistory): boolean {
  let isNewest = true;
  for (const { rollbackPending } of history) {
    if (rollbackPending && !isNewest) return true;
    isNewest = false;
  }
  return false;
}

/** Whether the entry is a confirmed commit whose deadline, plus the time by which the router may be late, has not passed. */
function mayRollBack(entry: CommitEntry, { now, minuteMs, lateMs, deadlineOf }: PendingFacts): boolean {
  const minutes = /commit confirmed, rollback in ([0-9]+) ?min/i.exec(entry.comment ?? '')?.[1];
  if (minutes === undefined) return false;
  const made = entry.atMs ?? now;
  const deadline = deadlineOf?.(entry) ?? made + Number(minutes) * minuteMs;
  return now < deadline + lateMs;
}
