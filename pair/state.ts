/** The pair's state, and the form in which it is carried over when the workflow continues as new. Plain data. */
import type { FailureType } from '../gateway/failures.ts';
import type { VrrpTime } from '../gateway/vrrp-time.ts';
import type { PairMember, ReplyTo, Reverted, RouterOwing } from './messages.ts';
import { newDoor } from './door.ts';
import type { Door } from './door.ts';
import { lastWithin } from './limits.ts';

export interface PairState {
  /** First part of the next reservation's id. The workflow draws a new prefix for each decision, so that no id is ever used twice. */
  readonly prefix: string;
  /** How many reservations this pair has requested. */
  readonly reservations: number;
  /**
   * What an earlier workflow of the pair left on the routers is settled. `false` after a start, a reset or a lost reservation: then a
   * member may stand on the routers although this workflow never applied it.
   */
  readonly recovered: boolean;
  /**
   * A wake came while `recovered` was `false`, and no batch could begin: the workflow was about to continue as new, or a reservation was being ended. After
   * that a batch begins, even if no member waits. Absent: no such wake came.
   */
  readonly isWoken?: true;
  /** Members that wait for the next batch, in the order of arrival. */
  readonly waiting: readonly Member[];
  /** Where others wait while this pair is full. */
  readonly door: Door;
  readonly batch: Batch | null;
  /** What the routers owe. It is heeded only while there is no batch. Absent: the routers owe nothing, or nobody knows what they owe. */
  readonly owing?: Owing;
  /** How the last members ended, newest last: the answer to a request that comes late or twice ("sequence", M2). */
  readonly outcomes: readonly MemberOutcome[];
}

/**
 * One gateway in the pair. A gateway has at most one member, with one exception: a newer run waits while the pair still reverts what an
 * older run put on the routers.
 */
export interface Member extends PairMember {
  readonly sequence: number;
  /** The activity that the next answer completes; `null` once it is answered. */
  readonly replyTo: ReplyTo | null;
  /** Workflow time of its arrival, in ms since the epoch. */
  readonly since: number;
  /**
   * The member may have been applied before this batch: its first request here was `confirm`, `revert` or an `apply` with `again`, or it has
   * requested `confirm` or such an `apply` since. Once both routers carry it, the answer is `applied again` ("named trial", M3). Before it counts as
   * reverted, the routers must be looked at ("failed is looked at too", T6).
   */
  readonly mayBeApplied: boolean;
  /** Its saga requests its revert, and never was told of an apply. Absent: it does not, or may have been told. */
  readonly mayLeave?: true;
  /** What its saga decided about the trial; `null`: not yet. */
  readonly verdict: Verdict | null;
}

export type Verdict =
  | {
      readonly kind: 'confirm';
      /** A revert that arrived while the batch was being settled. It counts only if the member would have to be applied again. */
      readonly lateRevert?: RevertVerdict;
    }
  | RevertVerdict;

export interface RevertVerdict {
  readonly kind: 'revert';
  readonly type: FailureType;
  readonly reason: string;
}

/** What the routers owe ("owed change", T7), and when the pair next looks whether they can make it. */
export interface Owing {
  /** Those that owe something. */
  readonly routers: readonly RouterOwing[];
  /** Number of the next look. The result of a look with another number is ignored. */
  readonly look: number;
  /** How long the pair waits for the next look, in ms. */
  readonly waitMs: number;
  /** Workflow time of the next look, in ms since the epoch. */
  readonly lookAt: number;
  /** Why the routers could not make it so far, in words for a person. `null`: nobody has tried, or the reason is not known. */
  readonly inTheWay: string | null;
  /** Ids of the routers that a look reached while the workflow was about to continue as new. The next run begins by making what they owe. Absent: none. */
  readonly ready?: readonly string[];
  /**
   * The last look reached one of these routers. The other one was away, and may come back without anybody's doing. Absent: the look reached all of
   * them, or a person must mend what is in the way.
   */
  readonly isOneAway?: true;
}

/** The members that share one reservation of both routers. */
export interface Batch {
  /** Id of the reservation. */
  readonly reservation: string;
  /** Number of applies under this reservation so far. A verdict counts only for the trial that it names. */
  readonly trial: number;
  readonly phase: Phase;
  /** Workflow time at which the phase began, in ms since the epoch. */
  readonly since: number;
  /** What keeps the batch from going on, in words for a person. */
  readonly blockedBy: string | null;
  /**
   * How long the attempts took, in ms, that have told what is in the way: the limit on waiting for a router counts these only. Attempts that failed or timed
   * out count nothing, and neither does the time without any worker. An apply after a fall-back begins at 0.
   */
  readonly waitedMs: number;
  /** Names of the routers that got a plain commit in this trial. */
  readonly plainCommits: readonly string[];
  /** How long the pair waits for verdicts on this trial, in ms; `null`: the batch was not applied yet, or waits for no verdict. */
  readonly verdictMs: number | null;
  /** How long VRRP takes for this trial. Absent: the batch was not applied yet, or the time is not known. */
  readonly vrrp?: VrrpTime;
  /** Workflow time at which the pair first began to apply the batch, in ms since the epoch. `null`: not yet. */
  readonly begunAt: number | null;
  /** Ids of the routers whose owed changes this batch was begun to make. Absent: it was begun for its members, or to settle what was left behind. */
  readonly pays?: readonly string[];
  /** A wake came while the reservation was being ended: after that the pair looks at once at what is owed. Absent: none came. */
  readonly isWoken?: true;
  readonly members: readonly Member[];
}

/**
 * In the order of a batch's life. `waiting for a router` goes back to `applying`, and so does `settling` after a fall-back. After `recovering` the
 * reservation ends, and the members go into a new batch. So it does after `waiting for a router` if a router is held.
 */
export type Phase =
  /** The pair wants both routers reserved in etcd. */
  | 'reserving'
  /** The pair reverts what an earlier workflow of it left on the routers. */
  | 'recovering'
  /** The pair makes what its routers owe, in a batch without members. */
  | 'making owed changes'
  | 'applying'
  /** A router is locked or unreachable. Neither router carries anything of the batch, and no attempt can still commit anything of it. */
  | 'waiting for a router'
  | 'waiting for verdicts'
  | 'settling'
  | 'ending the reservation';

export interface MemberOutcome extends PairMember {
  readonly sequence: number;
  readonly answer: { readonly kind: 'kept' | 'complete' } | Reverted;
  /** The member left before this workflow ever applied it. A workflow that was reset can't know that. */
  readonly neverApplied?: true;
}

export function emptyPair(prefix: string): PairState {
  const door = newDoor(prefix);
  return { prefix, reservations: 0, recovered: false, waiting: [], door, batch: null, outcomes: [] };
}

/**
 * Most bytes of remembered outcomes that the next run of the workflow begins with. A usual outcome has some 470 bytes, one with the longest
 * reasons has 8 kB.
 */
export const CARRIED_OUTCOMES_BYTES = 256 * 1024;

/** Most bytes of ends that are left to be published. An end that does not fit is published when its saga is started again. */
export const CARRIED_LEFT_BYTES = 64 * 1024;

/**
 * The state with which the next run of the workflow begins. Of the outcomes, it has the newest ones that fit. A workflow that was reset has forgotten
 * what it did after the point of the reset. So it can't know that a member was never applied, and neither can the runs after it until they have had a
 * reservation.
 */
export function carriedOver(whole: PairState, wasReset: boolean): PairState {
  const state = { ...whole, outcomes: lastWithin(CARRIED_OUTCOMES_BYTES, whole.outcomes) };
  if (!wasReset) return state;
  const outcomes = state.outcomes.filter(({ neverApplied }) => neverApplied !== true);
  return { ...state, recovered: false, outcomes };
}
