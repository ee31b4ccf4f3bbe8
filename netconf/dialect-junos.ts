/** Junos's own confirmed commit, which outlives its session and counts minutes. */
import { check, commit } from './configuration-operations.ts';
import type { CommitEntry } from './configuration-operations.ts';
import type { Dialect, DialectTime } from './dialect.ts';

const junos = {
  commitConfirmed: ({ log, minutes }) => commit({ log, confirmed: { minutes } }),
  commit: (log) => commit({ log }),
} satisfies Partial<Dialect>;

export const junosLive: Dialect = {
  ...junos,
  name: 'junos-live',
  confirm: () => check(),
  pendingIn: ([newest]) => (newest?.rollbackPending === true ? newest : undefined),
};

export const junosBlind: Dialect = {
  ...junos,
  name: 'junos-blind',
  confirm: ({ log }) => commit({ log }),
  pendingIn: ([newest], time) => (newest && lastsStill(newest, time) ? newest : undefined),
};

/** Whether it is a confirmed commit whose time, with what the router may be late, is not over. */
export function lastsStill(entry: CommitEntry, time: DialectTime): boolean {
  const minutes = /commit confirmed, rollback in ([0-9]+) ?min/i.exec(entry.comment ?? '')?.[1];
  if (minutes === undefined) return false;
  const made = entry.atMs ?? time.now;
  const deadline = time.deadlineOf?.(entry) ?? made + Number(minutes) * time.minuteMs;
  return time.now < deadline + time.lateMs;
}
