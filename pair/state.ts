/** What a pair remembers, what happens to it, and what it wants done. Plain data: it travels through continue-as-new. */
import type { FailureType } from '../gateway/failures.ts';
import type { Observation } from '../gateway/plan.ts';
import type { ReplyTo, Reverted, PairAnswer, PairMember, PairRequest } from './messages.ts';
import type { ApplyOutcome, SettleOutcome, PermittedMember } from './transactions.ts';

export interface PairState {
  /** Makes turn ids unique: drawn by the workflow for each. */
  readonly prefix: string;
  /** Turns begun so far. */
  readonly reservations: number;
  /** A turn was had, and what was left behind is settled: nothing that a pair workflow before this one applied is left on the routers. */
  readonly recovered: boolean;
  /** In the order of arrival. */
  readonly waiting: readonly Member[];
  readonly batch: Batch | null;
  /** The last answers that ended something, newest last: a late duplicate must not be taken for new (M2). */
  readonly outcomes: readonly MemberOutcome[];
}

/**
 * One gateway in the pair. There is at most one for each gateway (M2), but that a newer run waits while an older one's
 * work is still on the routers.
 */
export interface Member extends PairMember {
  readonly sequence: number;
  /** Who is to be answered next; `null` once answered. */
  readonly replyTo: ReplyTo | null;
  /** Workflow time of its arrival, in ms. */
  readonly since: number;
  /**
   * Its last wish was to be kept: the answer to its being applied is `poll again` (M3). Or it came to be taken away. Either way it may have
   * been applied before by a workflow that is forgotten, and its end needs a look at the routers (T6).
   */
  readonly mayBeApplied: boolean;
  readonly verdict: Verdict | null;
}

export type Verdict =
  | {
      readonly kind: 'confirm';
      readonly seen: readonly Observation[];
      /** Asked to go when settling had begun: holds if it would have to be applied again. */
      readonly overruled?: RevertVerdict;
    }
  | RevertVerdict;

export interface RevertVerdict {
  readonly kind: 'revert';
  readonly type: FailureType;
  readonly reason: string;
}

export interface Batch {
  readonly reservation: string;
  /** Raised by every apply: a verdict counts for the round that it speaks of only (M3). */
  readonly trial: number;
  readonly phase: Phase;
  /** Workflow time since when the phase lasts, in ms. */
  readonly since: number;
  readonly blockedBy: string | null;
  /** Workflow time of the first try to apply this round, in ms: patience counts from it. `null`: not tried yet. */
  readonly triedSince: number | null;
  /** Names of the routers that were committed to plainly in this round. */
  readonly plainCommits: readonly string[];
  readonly members: readonly Member[];
}

export type Phase =
  | 'reserving'
  /** Removing what a pair workflow before this one left behind. */
  | 'recovering'
  | 'applying'
  /** Somebody is in the way on one, or it is away. Nothing is on either, and nobody tries to change that. */
  | 'waiting for a router'
  | 'waiting for verdicts'
  | 'settling'
  | 'ending the reservation';

export interface MemberOutcome extends PairMember {
  readonly sequence: number;
  readonly answer: { readonly kind: 'kept' | 'created' } | Reverted;
  /** What the keep had seen: to be published should nobody be there to hear of it. */
  readonly seen: readonly Observation[];
  /** It left before it was ever applied, as this workflow remembers; one that was reset has forgotten. */
  readonly neverApplied?: true;
}

export type PairEvent =
  | { readonly kind: 'requested'; readonly request: PairRequest }
  /** Somebody waits for a turn that a pair workflow before this one has left behind. */
  | { readonly kind: 'woken' }
  | { readonly kind: 'reserved'; readonly leftover: readonly PermittedMember[] }
  | { readonly kind: 'reservation blocked'; readonly why: string }
  | { readonly kind: 'applied'; readonly outcome: ApplyOutcome }
  /** Instead of `applied`. */
  | { readonly kind: 'apply blocked'; readonly why: string }
  /** `null`: to be tried again. */
  | { readonly kind: 'routers awaited'; readonly why: string | null }
  | { readonly kind: 'settled'; readonly outcome: SettleOutcome }
  /** The workflow was reset, and what it has as its turn was given back or taken over before. */
  | { readonly kind: 'reservation lost'; readonly reservation: string }
  /** No verdict is worth waiting for any longer (T11). */
  | { readonly kind: 'verdicts due'; readonly trial: string }
  | { readonly kind: 'reservation ended' }
  /** A step can't be done, and is tried again in a while. `why`: `null` when it is. */
  | { readonly kind: 'step stuck'; readonly why: string | null }
  /** It was not told that it could leave: it may have been applied by a run of this workflow that this one was reset from. */
  | { readonly kind: 'uncertain'; readonly member: PairMember; readonly replyTo: ReplyTo }
  /** Nobody was there to be answered: terminated, reset, not found (M4). */
  | { readonly kind: 'undelivered'; readonly member: PairMember; readonly answer: PairAnswer };

export type PairCommand =
  | { readonly kind: 'reserve'; readonly reservation: string; readonly known: string | null }
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
  /** What comes of the applying, or of waiting for routers, is told as ever. */
  | { readonly kind: 'stop applying' }
  | {
      readonly kind: 'settle';
      readonly reservation: string;
      readonly keep: readonly PairMember[];
      readonly drop: readonly PairMember[];
    }
  /** `cleared`: what was left behind was settled. Else a workflow that was reset gives nothing back that something may be on by. */
  | { readonly kind: 'end reservation'; readonly reservation: string; readonly cleared?: true }
  | { readonly kind: 'await verdicts'; readonly trial: string; readonly until: string | null }
  | {
      readonly kind: 'answer';
      readonly replyTo: ReplyTo;
      readonly member: PairMember;
      readonly answer: PairAnswer;
      /** To be told only by a workflow that was not reset. */
      readonly neverApplied?: true;
    }
  /** On behalf of a saga that is gone; one that runs publishes for itself (M4). */
  | {
      readonly kind: 'publish on behalf';
      readonly member: PairMember;
      readonly outcome: { readonly kind: 'created'; readonly seen: readonly Observation[] } | Reverted;
    };

export interface Decision {
  readonly state: PairState;
  readonly commands: readonly PairCommand[];
}

export function emptyPair(token: string): PairState {
  return { prefix: token, reservations: 0, recovered: false, waiting: [], batch: null, outcomes: [] };
}
