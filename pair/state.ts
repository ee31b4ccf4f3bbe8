/**
 * The pair's state, the events that change it, and the commands that follow. Plain data: the state is carried over when the workflow
 * continues as new.
 */
import type { FailureType } from '../gateway/failures.ts';
import type { VrrpTime } from '../gateway/vrrp-time.ts';
import type { PairAnswer, PairMember, PairRequest, ReplyTo, Reverted, RouterOwing } from './messages.ts';
import { newDoor } from './door.ts';
import type { Door } from './door.ts';
import type { PermittedMember } from './router-record.ts';
import type { ApplyOutcome, SettleOutcome } from './transactions.ts';

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
   * Workflow time of the first try to apply, in ms since the epoch. The limit on waiting for a router counts from this time. A try that follows such
   * a wait keeps it, and an apply after a fall-back sets it anew. `null`: not tried yet.
   */
  readonly firstTriedAt: number | null;
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
 * reservation ends, and the members go into a new batch.
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

export type PairEvent =
  | { readonly kind: 'requested'; readonly request: PairRequest }
  /**
   * Somebody asks the pair to settle what an earlier workflow of it has left on the routers, or to look at once whether its routers can make what
   * they owe.
   */
  | { readonly kind: 'woken' }
  /**
   * `leftover`: members that an earlier workflow of this pair may have left on the routers. `paysOnly`: a router is retired or held, and nothing
   * may be applied.
   */
  | { readonly kind: 'reserved'; readonly leftover: readonly PermittedMember[]; readonly paysOnly?: true }
  /**
   * `isRetired`: a router is retired, so waiting does not help. `nothingLeft`: no earlier workflow of this pair has left members on the routers.
   */
  | {
      readonly kind: 'reservation blocked';
      readonly why: string;
      readonly isRetired?: true;
      readonly nothingLeft?: true;
    }
  | { readonly kind: 'applied'; readonly outcome: ApplyOutcome }
  /** A router was locked or unreachable, and nothing was permitted on either. */
  | { readonly kind: 'apply blocked'; readonly why: string }
  /** `why`: what is in the way now; `null`: time to try again. */
  | { readonly kind: 'routers awaited'; readonly why: string | null }
  | { readonly kind: 'settled'; readonly outcome: SettleOutcome }
  /** The workflow was reset, and the reservation that it remembers was ended or taken over before. */
  | { readonly kind: 'reservation lost'; readonly reservation: string }
  /** The time for verdicts on this trial is over ("refused revert", T11). */
  | { readonly kind: 'verdicts due'; readonly trial: string }
  /** The pair has looked whether its routers can make what they owe. */
  | {
      readonly kind: 'owed changes looked at';
      readonly look: number;
      /** Absent: the look has failed. */
      readonly routers?: readonly RouterOwing[];
      /** Ids of the routers among them that can be reached. */
      readonly ready: readonly string[];
      /** Why one of the others can't be reached. `null`: nothing was in the way. */
      readonly inTheWay: string | null;
      /** On each router that can't be reached, somebody must mend something first. */
      readonly isSlow: boolean;
    }
  /** `inTheWay`: why a router could not make what it owes; `null`: each router has been looked at. */
  | { readonly kind: 'paid'; readonly inTheWay: string | null }
  /** `owing`: what the routers owe now. Absent: not known. */
  | { readonly kind: 'reservation ended'; readonly owing?: readonly RouterOwing[] }
  /** A step failed with an error that is not retried. The pair repeats the step after a pause. `why`: the error; `null` once the pair repeats the step. */
  | { readonly kind: 'step stuck'; readonly why: string | null }
  /** An answer with `neverApplied` was held back. The workflow was reset: it may have applied the member, and have forgotten it. */
  | { readonly kind: 'uncertain'; readonly member: PairMember; readonly replyTo: ReplyTo }
  /** No activity waits for the answer, and the saga does not run any more ("missing saga", M4). */
  | { readonly kind: 'undelivered'; readonly member: PairMember; readonly answer: PairAnswer };

export type PairCommand =
  /**
   * `known`: what was in the way when the pair last tried. `needs`: only these routers must be neither retired nor held. `gatherMs`: the pair waits so
   * long before it tries.
   */
  | {
      readonly kind: 'reserve';
      readonly reservation: string;
      readonly known: string | null;
      readonly gatherMs?: number;
      readonly needs?: readonly string[];
    }
  | {
      readonly kind: 'apply';
      readonly reservation: string;
      readonly members: readonly PairMember[];
      readonly since: number;
    }
  | {
      readonly kind: 'await routers';
      readonly reservation: string;
      readonly since: number;
      readonly known: string;
    }
  /** Stops applying, or waiting for routers. The usual event still follows. */
  | { readonly kind: 'stop applying' }
  | {
      readonly kind: 'settle';
      readonly reservation: string;
      readonly confirm: readonly PairMember[];
      readonly revert: readonly PairMember[];
    }
  /**
   * `recovered`: everything left behind was settled just now. Without this mark, a workflow that was reset ends no reservation under which a member
   * may stand on a router.
   */
  | { readonly kind: 'end reservation'; readonly reservation: string; readonly recovered?: true }
  /** After a wait, looks whether the routers can make what they owe. */
  | { readonly kind: 'look at owed changes'; readonly look: number; readonly waitMs: number }
  /** Makes what these routers owe, by id. */
  | { readonly kind: 'pay'; readonly reservation: string; readonly ids: readonly string[] }
  | { readonly kind: 'await verdicts'; readonly trial: string; readonly waitMs: number | null }
  | {
      readonly kind: 'answer';
      readonly replyTo: ReplyTo;
      readonly member: PairMember;
      readonly answer: PairAnswer;
      /** Only a workflow that was not reset may give this answer. */
      readonly neverApplied?: true;
    }
  /** Publishes for a saga that has ended. A saga that still runs publishes its own failure. */
  | {
      readonly kind: 'publish on behalf';
      readonly member: PairMember;
      readonly outcome: { readonly kind: 'kept' } | Reverted;
    };

export interface Decision {
  readonly state: PairState;
  readonly commands: readonly PairCommand[];
}

export function emptyPair(prefix: string): PairState {
  const door = newDoor(prefix);
  return { prefix, reservations: 0, recovered: false, waiting: [], door, batch: null, outcomes: [] };
}
