/** What is pending on a router, and whose it is (T5). */
import type { RouterRecord } from '../../gateway/pair/turn.ts';
import type { Policy } from '../../gateway/policies.ts';
import { dialectOf } from '../../netconf/dialect.ts';
import type { Dialect, DialectTime } from '../../netconf/dialect.ts';
import type { CommitEntry } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { readLogLine } from './log-line.ts';
import type { RouterMemory } from './memory.ts';

export type Pending =
  | { readonly kind: 'none' }
  /** A commit of this turn. `until`: when it falls back at the earliest, in ms since the epoch. */
  | { readonly kind: 'ours'; readonly until: number }
  | { readonly kind: 'foreign'; readonly whose: string };

export interface Watch {
  readonly turn: string;
  /** It and those it took over. */
  readonly ours: ReadonlySet<string>;
  /** Nothing is owed there: every turn before this one was settled before it was given back (T8). */
  readonly isSettled: boolean;
  readonly policy: Policy;
  readonly memory: RouterMemory;
}

export function watchOf(
  turn: string,
  { turn: held, debts }: RouterRecord,
  policy: Policy,
  memory: RouterMemory,
): Watch {
  return {
    turn,
    ours: new Set([turn, ...(held?.earlier ?? [])]),
    isSettled: debts.length === 0,
    policy,
    memory,
  };
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
  { ours, isSettled, policy, memory }: Watch,
): History {
  const { minuteMs, fallbackGraceMs: lateMs, confirmMinutes } = policy;
  const deadlineOf = ({ log }: CommitEntry) => readLogLine(log)?.until;
  const time: DialectTime = { now: Date.now(), minuteMs, lateMs, deadlineOf };
  if (history[0]?.rollbackPending === true) memory.marks.add(peer.id);
  const dialect = dialectOf({ capabilities, history, marks: memory.marks.has(peer.id) }, time);
  const isOurs = ({ log }: CommitEntry) => ours.has(readLogLine(log)?.turn ?? '');
  const trials = history.filter((entry) => isOurs(entry) && deadlineOf(entry) !== undefined).length;
  const entry = dialect.pendingIn(history, time);
  if (entry === undefined) return { dialect, trials, pending: { kind: 'none' } };
  if (isOurs(entry)) {
    const until = deadlineOf(entry) ?? (entry.atMs ?? time.now) + confirmMinutes * minuteMs;
    return { dialect, trials, pending: { kind: 'ours', until } };
  }
  // Without a mark it is pending by the clock alone, but a turn that was settled has left nothing: it was confirmed by a check,
  // which a worker that has not seen this router's marks can't tell.
  if (isSettled && !entry.rollbackPending && readLogLine(entry.log) !== undefined) {
    return { dialect, trials, pending: { kind: 'none' } };
  }
  const log = entry.log === undefined ? '' : ` ("${entry.log.slice(0, 80)}")`;
  return { dialect, trials, pending: { kind: 'foreign', whose: `${entry.user} at ${entry.at}${log}` } };
}
