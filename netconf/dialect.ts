/**
 * Where routers differ in commits that fall back by themselves: how one is made, how it is seen, what makes it permanent.
 * A dialect is a value; whoever uses it does not ask which one it is.
 *
 * - `junos-live`: the commit information marks the commit that is pending, and only that one. A check confirms it.
 * - `junos-blind`: there is no such mark, or it never goes away. What may be pending is told by time; a commit confirms it, as
 *   only that can be seen afterwards.
 * - `standard`: RFC 6241 §8.4 with a persist id, by which any session confirms or cancels it. It can't be seen by others at all.
 */
import type { CommitEntry } from './configuration-operations.ts';
import { junosBlind, junosLive, lastsStill } from './dialect-junos.ts';
import { standard } from './dialect-standard.ts';
import { CAPABILITIES } from './hello.ts';
import type { Done, Operation } from './operation.ts';

export interface Dialect {
  readonly name: 'junos-live' | 'junos-blind' | 'standard';
  /** Commits the candidate; it falls back after so many minutes unless confirmed, whatever becomes of the session. */
  readonly commitConfirmed: (commit: {
    readonly id: string;
    readonly log: string;
    readonly minutes: number;
  }) => Operation<Done>;
  /** Commits the candidate for good, and confirms what is pending. */
  readonly commit: (log: string) => Operation<Done>;
  /** Makes what is pending permanent; the candidate holds nothing. */
  readonly confirm: (commit: { readonly id: string; readonly log: string }) => Operation<Done>;
  /** Takes what is pending back at once, where the router can. */
  readonly cancel?: (id: string) => Operation<Done>;
  /** The commit that is pending, or may be for all that can be seen. Only the newest can: any later one confirms it. */
  readonly pendingIn: (history: readonly CommitEntry[], time: DialectTime) => CommitEntry | undefined;
}

export interface DialectTime {
  /** In ms since the epoch. */
  readonly now: number;
  /** Length of a minute of `confirm-timeout`, in ms. */
  readonly minuteMs: number;
  /** How long after its deadline a router may take until it has fallen back, in ms. */
  readonly lateMs: number;
  /** When a commit falls back, in ms since the epoch, where its log line tells. */
  readonly deadlineOf?: (entry: CommitEntry) => number | undefined;
}

export interface DialectFacts {
  readonly capabilities: ReadonlySet<string>;
  readonly history: readonly CommitEntry[];
  /** This router was seen to mark a pending commit before. */
  readonly marks?: boolean;
}

/** Which dialect a router speaks, by its hello and by what its history gives away. */
export function dialectOf(
  { capabilities, history, marks = false }: DialectFacts,
  time: DialectTime,
): Dialect {
  if (!capabilities.has(CAPABILITIES.junos)) return standard;
  const [newest, ...older] = history;
  // What was overtaken is not pending: such a mark is for ever.
  if (older.some(({ rollbackPending }) => rollbackPending)) return junosBlind;
  if (newest === undefined || newest.rollbackPending || marks) return junosLive;
  // In its time and without a mark: confirmed by a check, or nothing is ever marked here.
  return lastsStill(newest, time) ? junosBlind : junosLive;
}

/** Whether the router offers commits that fall back (RFC 6241 §8.4). */
export function hasConfirmedCommit(capabilities: ReadonlySet<string>): boolean {
  return [CAPABILITIES.confirmedCommit10, CAPABILITIES.confirmedCommit11].some((uri) =>
    capabilities.has(uri),
  );
}
