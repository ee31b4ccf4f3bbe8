/** What is pending on a router, and whose it is (T5). */
import type { RouterRecord } from '../../pair/transactions.ts';
import type { Policy } from '../../gateway/policies.ts';
import { dialectOf } from '../../netconf/dialect.ts';
import type { Dialect, DialectTime } from '../../netconf/dialect.ts';
import type { CommitEntry } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { shown } from '../../netconf/shown.ts';
import { readLogLine } from './log-line.ts';
import type { RouterMemory } from './router-memory.ts';

export type Pending =
  | { readonly kind: 'none' }
  /** A commit of this turn. `until`: when it falls back at the earliest, in ms since the epoch. */
  | { readonly kind: 'ours'; readonly until: number }
  /** Of a turn before this one, which owes what is in it: it may be confirmed by its removal, and by nothing else. */
  | { readonly kind: 'owed'; readonly whose: string }
  | { readonly kind: 'foreign'; readonly whose: string };

export interface CommitHistoryReader {
  readonly reservation: string;
  /** It and those it took over. */
  readonly ours: ReadonlySet<string>;
  /** Turns that owe what they have committed there; `undefined`: that can't be told of all that is owed. */
  readonly owing: ReadonlySet<string> | undefined;
  readonly policy: Policy;
  readonly memory: RouterMemory;
}

export function historyReaderOf(reservation: string, record: RouterRecord, policy: Policy, memory: RouterMemory): CommitHistoryReader {
  const { owedChanges } = record;
  return {
    reservation,
    ours: new Set([reservation, ...reservationsOf(record)]),
    owing: owedChanges.every(({ reservations }) => reservations !== undefined)
      ? new Set(owedChanges.flatMap(({ reservations }) => reservations ?? []))
      : undefined,
    policy,
    memory,
  };
}

/** Ids of the turn that is on, and of those that it took over. */
export function reservationsOf({ reservation }: RouterRecord): readonly string[] {
  return reservation === null ? [] : [reservation.id, ...(reservation.earlier ?? [])];
}

export interface History {
  readonly dialect: Dialect;
  readonly pending: Pending;
  /** How often this turn has committed something on trial there. */
  readonly trials: number;
}

export function readHistory(
  { capabilities, peer }: Session,
  history: readonly CommitEntry[],
  { ours, owing, policy, memory }: CommitHistoryReader,
): History {
  const { minuteMs, fallbackGraceMs: lateMs, confirmMinutes } = policy;
  const deadlineOf = ({ log }: CommitEntry) => readLogLine(log)?.until;
  const time: DialectTime = { now: Date.now(), minuteMs, lateMs, deadlineOf };
  if (history[0]?.rollbackPending === true) memory.marks.add(peer.id);
  const dialect = dialectOf({ capabilities, history, marks: memory.marks.has(peer.id) }, time);
  const isOurs = ({ log }: CommitEntry) => ours.has(readLogLine(log)?.reservation ?? '');
  const trials = history.filter((entry) => isOurs(entry) && deadlineOf(entry) !== undefined).length;
  const entry = dialect.pendingIn(history, time);
  if (entry === undefined) return { dialect, trials, pending: { kind: 'none' } };
  if (isOurs(entry)) {
    const until = deadlineOf(entry) ?? (entry.atMs ?? time.now) + confirmMinutes * minuteMs;
    return { dialect, trials, pending: { kind: 'ours', until } };
  }
  const log = entry.log === undefined ? '' : ` ("${shown(entry.log, 80)}")`;
  const whose = `${shown(entry.user, 40)} at ${shown(entry.at, 40)}${log}`;
  const reservation = readLogLine(entry.log)?.reservation;
  if (reservation !== undefined && owing?.has(reservation)) return { dialect, trials, pending: { kind: 'owed', whose } };
  // Without a mark it is pending by the clock alone, but a turn that owes nothing was settled before it was given back (T8): it was
  // confirmed by a check, which a worker that has not seen this router's marks can't tell.
  if (reservation !== undefined && owing !== undefined && !entry.rollbackPending) {
    return { dialect, trials, pending: { kind: 'none' } };
  }
  return { dialect, trials, pending: { kind: 'foreign', whose } };
}
