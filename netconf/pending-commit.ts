/**
 * Finds the confirmed commit that still waits to be confirmed, and the operations that confirm it. Only the newest commit can be pending,
 * because each commit confirms the one before. Routers show a pending commit in two ways:
 *
 * - **By a mark.** The commit information marks the pending commit. The mark goes when the commit is confirmed or rolled back.
 * - **By the clock.** There are no marks, or marks stay for ever. A confirmed commit then counts as pending until its deadline, and the
 *   time by which the router may roll back late, are over.
 *
 * A mark on an older commit, which can't be pending, says that marks stay on this router. On the newest commit a mark that stays looks like
 * a mark that lives. So past the commit's deadline, and the time by which the router may be late, the mark is stale.
 */
import type { CommitEntry, CommitHistory } from './commit-information.ts';
import { check, commit } from './configuration-operations.ts';
import type { Done, Operation } from './operation.ts';

export interface PendingCommit {
  readonly entry: CommitEntry;
  /** The commit should have been rolled back long ago, but is still marked: either the mark stays for ever, or the router is very late. */
  readonly isStale: boolean;
  /**
   * The operations that make it permanent, in the order to try them. After each one, look whether the commit is still pending. The candidate
   * must hold no edits.
   * `log`: comment in the commit history.
   */
  readonly confirmations: (log: string) => readonly Operation<Done>[];
}

export interface PendingFacts {
  /** When the history was asked for, in ms since the epoch, by our clock. */
  readonly now: number;
  /** The same by the router's clock. Absent: it is not known, and taken to be `now`. */
  readonly routerNow?: number | undefined;
  /** Length of a minute of `confirm-timeout`, in ms. */
  readonly minuteMs: number;
  /** How long after its deadline a router may take until it has rolled back, in ms. */
  readonly lateMs: number;
  /**
   * When a commit is rolled back at the earliest, in ms since the epoch by our clock, if its log line says so. The router counts from when
   * its commit was made. So the log line alone counts only where the router's clock is not known.
   */
  readonly deadlineOf?: (entry: CommitEntry) => number | undefined;
  /** When an entry was first seen, in ms since the epoch by the router's clock. It counts for an entry without a time. */
  readonly firstSeen?: (entry: CommitEntry) => number;
  /** The router was seen to mark a pending commit before. */
  readonly marksSeen?: boolean;
}

/**
 * The commit that is pending; also one that may be pending, if the history can't tell. Older entries are read for this only in two cases: the newest entry
 * is marked although its deadline is over or not known; or it lacks a mark before its deadline, on a router that was seen to mark.
 */
export function pendingCommit(history: CommitHistory, facts: PendingFacts): PendingCommit | undefined {
  const [entry] = history;
  if (entry === undefined) return undefined;
  const msLeft = msUntilRolledBack(entry, facts);
  const isInTime = msLeft !== undefined && msLeft > 0;
  const marksStay = () => hasOlderMark(history);
  const isPending = entry.rollbackPending
    ? isInTime || !marksStay()
    : isInTime && (facts.marksSeen !== true || marksStay());
  if (!isPending) return undefined;
  const isStale = msLeft !== undefined && !isInTime;
  return {
    entry,
    isStale,
    confirmations(log) {
      const byCommit = commit({ log });
      // A check leaves no trace in the history. If the mark stays after the check, only a commit shows that the pending one was confirmed.
      return entry.rollbackPending && !isStale && !marksStay() ? [check(), byCommit] : [byCommit];
    },
  };
}

/** Whether a commit that can no longer be pending is still marked: on this router marks stay. */
export function hasOlderMark(history: CommitHistory): boolean {
  let isNewest = true;
  for (const { rollbackPending } of history) {
    if (rollbackPending && !isNewest) return true;
    isNewest = false;
  }
  return false;
}

/**
 * The time left until the router must have rolled the commit back, if nobody confirms it, in ms; not above 0 if that time is over.
 * `undefined`: the entry shows no deadline, as every plain commit.
 */
function msUntilRolledBack(
  entry: CommitEntry,
  { now, routerNow, minuteMs, lateMs, deadlineOf, firstSeen }: PendingFacts,
): number | undefined {
  const minutes = confirmTimeout.exec(entry.comment ?? '')?.[1];
  if (minutes === undefined) return undefined;
  const told = deadlineOf?.(entry);
  if (told !== undefined && routerNow === undefined) return told + lateMs - now;
  const atMs = entry.atMs ?? firstSeen?.(entry);
  const made = atMs === undefined ? undefined : atMs + WITHIN_SECOND_MS - ((routerNow ?? now) - now);
  const shown = made === undefined ? undefined : made + Number(minutes) * minuteMs;
  const deadline = Math.max(told ?? -Infinity, shown ?? -Infinity);
  return Number.isFinite(deadline) ? deadline + lateMs - now : undefined;
}

/** The router's own comment on a confirmed commit. */
const confirmTimeout = /commit confirmed, rollback in ([0-9]+) ?min/i;

/** Whether the entry was a confirmed commit once, pending or not. */
export function isConfirmedCommit({ comment, rollbackPending }: CommitEntry): boolean {
  return rollbackPending || confirmTimeout.test(comment ?? '');
}

/** Routers print the time of a commit without the fraction of its second. */
const WITHIN_SECOND_MS = 1_000;
