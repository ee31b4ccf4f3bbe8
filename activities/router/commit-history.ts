/**
 * What a router's commit history says: which commit is pending, and whose it is ("others' pending commit", T5). Only its log line marks a
 * commit as ours.
 */
import { isSameGateway } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import type { Policy } from '../../gateway/policies.ts';
import type { RouterRecord } from '../../pair/router-record.ts';
import { oneLine } from '../../netconf/one-line.ts';
import type { CommitEntry, CommitHistory } from '../../netconf/operations.ts';
import { isConfirmedCommit, pendingCommit } from '../../netconf/pending-commit.ts';
import type { PendingCommit } from '../../netconf/pending-commit.ts';
import type { SessionPool } from '../../netconf/pool.ts';
import type { Session } from '../../netconf/session.ts';
import { commitThatApplied, lastCommitOf, readLogLine } from './log-line.ts';
import type { LogLine, OwnCommit } from './log-line.ts';
import type { GatewayChange } from './presence.ts';

export type PendingState =
  | { readonly kind: 'none' }
  /**
   * A commit under this reservation. `until`: when it falls back at the earliest, in ms since the epoch. Absent: it should have fallen back
   * long ago, but the router still marks it. Most likely it is permanent and the mark stays for ever; a further commit makes sure.
   */
  | { readonly kind: 'ours'; readonly until?: number }
  /**
   * A commit under an earlier reservation that contains a change whose inverse the router owes. Only making that owed change may confirm the commit.
   * `until`: as for `ours`.
   */
  | { readonly kind: 'owed'; readonly whose: string; readonly until: number }
  | { readonly kind: 'foreign'; readonly whose: string };

/**
 * A commit on trial with our log line, under a reservation that no record names: it is over, or its records are lost. Perhaps it is still
 * pending.
 */
export interface UnrecordedTrial extends LogLine {
  readonly until: number;
  /** For people. */
  readonly whose: string;
}

/** What the commit history says of pending commits. */
export interface CommitState {
  readonly pending: PendingState;
  /** The newest commit, if it is such a trial and its deadline has not passed. Then `pending` is `foreign` or `none`. */
  readonly unrecorded?: UnrecordedTrial;
  /**
   * Whether the newest commit is a trial under this reservation, or one that contains an owed change, pending or not. Then `rollback 1` is
   * what stood before that trial.
   */
  readonly isTrialNewest: boolean;
  /** Finds the commit of ours by which the router carries a gateway. Calling it may read the whole history. */
  readonly appliedBy: (gateway: GatewayRef) => OwnCommit | undefined;
  /** Finds the newest commit of ours that names a gateway. Calling it may read the whole history. */
  readonly lastOf: (gateway: GatewayRef) => ReturnType<typeof lastCommitOf>;
  /** The operations that confirm the pending commit, in the order to try them. */
  readonly confirmations: PendingCommit['confirmations'];
  /** How many commits on trial this reservation has made on the router. Calling it reads the whole history. */
  readonly trials: () => number;
}

/** What a worker has learned about routers, by router id. Losing this memory costs time, nothing else. */
export interface RouterMemory {
  /** Routers that were seen to mark a pending commit. */
  readonly marks: Set<string>;
  /** Routers that refused a confirmed commit because it was one. */
  readonly plainOnly: Set<string>;
  /** When the newest commit of a router was first seen, by the router's clock. Only for a commit without a time. */
  readonly undated: Map<string, { readonly commit: string; readonly atMs: number }>;
}

const memories = new WeakMap<SessionPool, RouterMemory>();

/** One memory for all activities that share a worker's sessions. */
export function memoryOf(pool: SessionPool): RouterMemory {
  const memory = memories.get(pool) ?? { marks: new Set(), plainOnly: new Set(), undated: new Map() };
  memories.set(pool, memory);
  return memory;
}

/** Reads a router's commit history on behalf of one reservation. */
export interface CommitHistoryReader {
  readonly reservation: string;
  /** Ids of this reservation and of those that it took over. */
  readonly ours: ReadonlySet<string>;
  /**
   * Ids of the reservations whose commits may contain a change with an owed inverse; `undefined`: for some owed change the ids are not
   * known.
   */
  readonly owing: ReadonlySet<string> | undefined;
  readonly policy: Policy;
  readonly memory: RouterMemory;
}

export function commitHistoryReader(
  reservation: string,
  record: RouterRecord,
  policy: Policy,
  memory: RouterMemory,
): CommitHistoryReader {
  const { owedChanges } = record;
  return {
    reservation,
    ours: new Set([reservation, ...reservationIdsOf(record)]),
    owing: owedChanges.every(({ reservations }) => reservations !== undefined)
      ? new Set(owedChanges.flatMap(({ reservations }) => reservations ?? []))
      : undefined,
    policy,
    memory,
  };
}

/** Ids of the router's reservation and of those that it took over. */
export function reservationIdsOf({ reservation }: Pick<RouterRecord, 'reservation'>): readonly string[] {
  return reservation === null ? [] : [reservation.id, ...(reservation.earlier ?? [])];
}

/** When a commit history was asked for. An answer may come late: by then a commit may have fallen back that the answer shows as pending. */
export interface AskedAt {
  /** In ms since the epoch, by our clock. */
  readonly now: number;
  /** By how much the router's clock is ahead of ours, in ms. Absent: it was not needed, or the router does not tell it. */
  readonly aheadMs: number | undefined;
}

/**
 * Whether the router's own clock is needed to tell if its newest commit is still pending. It is needed for somebody else's confirmed commit. Of a
 * commit of ours, the log line tells until when it certainly is pending: the clock is needed only after that.
 */
export function needsRouterClock(history: CommitHistory, now: number): boolean {
  const [newest] = history;
  if (newest === undefined || !isConfirmedCommit(newest)) return false;
  const until = readLogLine(newest.log)?.until;
  return until === undefined || now >= until;
}

export function readCommitHistory(
  { peer }: Session,
  history: CommitHistory,
  { ours, owing, policy, memory }: CommitHistoryReader,
  { now, aheadMs }: AskedAt,
): CommitState {
  const { minuteMs, fallbackGraceMs: lateMs, confirmMinutes } = policy;
  const routerNow = aheadMs === undefined ? undefined : now + aheadMs;
  const deadlineOf = ({ log }: CommitEntry) => readLogLine(log)?.until;
  const firstSeen = ({ user, at, log, comment }: CommitEntry) => {
    const commit = JSON.stringify([user, at, log, comment]);
    const known = memory.undated.get(peer.id);
    if (known?.commit === commit) return known.atMs;
    memory.undated.set(peer.id, { commit, atMs: routerNow ?? now });
    return routerNow ?? now;
  };
  const [newest] = history;
  if (newest?.rollbackPending === true) memory.marks.add(peer.id);
  const marksSeen = memory.marks.has(peer.id);
  const facts = { now, routerNow, minuteMs, lateMs, deadlineOf, firstSeen, marksSeen };
  const found = pendingCommit(history, facts);
  const isOurs = ({ log }: CommitEntry) => {
    const line = readLogLine(log);
    return line !== undefined && ours.has(line.reservation);
  };
  let counted: number | undefined;
  const trials = () =>
    (counted ??= [...history].filter((entry) => isOurs(entry) && deadlineOf(entry) !== undefined).length);
  const appliedBy = (gateway: GatewayRef) => commitThatApplied(history, gateway);
  const lastOf = (gateway: GatewayRef) => lastCommitOf(history, gateway);
  const newestLine = readLogLine(newest?.log);
  const isTrialNewest =
    newestLine?.until !== undefined &&
    (ours.has(newestLine.reservation) || owing?.has(newestLine.reservation) === true);
  const known = { trials, appliedBy, lastOf, isTrialNewest };
  if (found === undefined) return { ...known, confirmations: () => [], pending: { kind: 'none' } };
  const { entry, isStale, confirmations } = found;
  const pendingAs = (pending: PendingState, unrecorded?: UnrecordedTrial): CommitState => ({
    ...known,
    confirmations,
    pending,
    ...(unrecorded && { unrecorded }),
  });
  const until = deadlineOf(entry) ?? (entry.atMs ?? now) + confirmMinutes * minuteMs;
  if (isOurs(entry)) return pendingAs({ kind: 'ours', ...(isStale ? {} : { until }) });
  // Nobody waits for a commit whose time is over: on a router where the mark stays for ever, everybody would wait for ever.
  if (isStale) return pendingAs({ kind: 'none' });
  const log = entry.log === undefined ? '' : ` ("${oneLine(entry.log, 80)}")`;
  const whose = `${oneLine(entry.user, 40)} at ${oneLine(entry.at, 40)}${log}`;
  const line = readLogLine(entry.log);
  if (line !== undefined && owing?.has(line.reservation)) return pendingAs({ kind: 'owed', whose, until });
  const unrecorded = line?.until === undefined ? undefined : { ...line, until: line.until, whose };
  // The router has not marked this commit, so only the clock says that it is pending. Its reservation owes nothing, so it was settled
  // before it ended ("one reservation", T8): a check has confirmed the commit. The missing mark proves that only to a worker that has seen
  // this router mark a pending commit.
  if (line !== undefined && owing !== undefined && !entry.rollbackPending)
    return pendingAs({ kind: 'none' }, unrecorded);
  return pendingAs({ kind: 'foreign', whose }, unrecorded);
}

/**
 * Which end of a change the router carries by its commit history, where a look can't tell the ends apart. A log line has the versions of the first
 * few gateways only. Of any other gateway, the reservation tells the version.
 */
export function endByHistory(
  { lastOf }: Pick<CommitState, 'lastOf'>,
  { reservation, owedChanges }: RouterRecord,
  change: GatewayChange,
): 'before' | 'after' {
  const { gateway } = change;
  const owed = owedChanges.filter(
    (one) => isSameGateway(one.gateway, gateway) && one.gateway.version === gateway.version,
  );
  const reservations = [
    ...reservationIdsOf({ reservation }),
    ...owed.flatMap((one) => one.reservations ?? []),
  ];
  const last = lastOf(gateway);
  const named = last?.line.gateways.find((one) => isSameGateway(one, gateway));
  const isOurs =
    named === undefined
      ? last !== undefined && reservations.includes(last.line.reservation)
      : named.version === gateway.version;
  const isApplied = isOurs && last?.line.did === 'applied' && !last.fellBack;
  if (!owed.some((one) => one === change)) return isApplied ? 'after' : 'before';
  // An owed change is the inverse of what was applied. If the history does not reach back so far, making the owed change once more does no harm.
  return isApplied || last === undefined ? 'before' : 'after';
}
