/** The events that change a pair's state, and the commands that follow. Plain data. */
import type { PairAnswer, PairMember, PairRequest, ReplyTo, Reverted, RouterOwing } from './messages.ts';
import type { PermittedMember } from './router-record.ts';
import type { PairState } from './state.ts';
import type { ApplyOutcome, SettleOutcome } from './transactions.ts';

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
   * `isOlder`: an older release has begun the run, and let nobody but members of the batch go.
   */
  | {
      readonly kind: 'reservation blocked';
      readonly why: string;
      readonly isRetired?: true;
      readonly nothingLeft?: true;
      readonly isOlder?: true;
    }
  | { readonly kind: 'applied'; readonly outcome: ApplyOutcome }
  /** A router was locked or unreachable, and nothing was permitted on either. */
  | { readonly kind: 'apply blocked'; readonly why: string; readonly lookedMs: number }
  /** `why`: what is in the way now; `null`: time to try again. `lookedMs`: how long the look took. `isHeld`: a router is held, so nothing may be applied. */
  | {
      readonly kind: 'routers awaited';
      readonly why: string | null;
      readonly lookedMs: number;
      readonly isHeld?: true;
    }
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
      readonly waitedMs: number;
    }
  | {
      readonly kind: 'await routers';
      readonly reservation: string;
      readonly waitedMs: number;
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
