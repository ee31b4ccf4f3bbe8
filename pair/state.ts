/** What a pair remembers, what happens to it, and what it wants done. Plain data: it travels through continue-as-new. */
import type { FailureType } from '../gateway/failures.ts';
import type { Observation } from '../gateway/plan.ts';
import type { Asker, Gone, PairAnswer, PairMember, PairRequest } from './messages.ts';
import type { ApplyOutcome, SettleOutcome, TurnMember } from './transactions.ts';

export interface PairState {
  /** Makes turn ids unique: drawn by the workflow for each. */
  readonly token: string;
  /** Turns begun so far. */
  readonly turns: number;
  /** A turn was had, and what was left behind is settled: nothing that a pair workflow before this one applied is left on the routers. */
  readonly cleared: boolean;
  /** In the order of arrival. */
  readonly waiting: readonly Waiting[];
  readonly on: Batch | null;
  /** The last answers that ended something, newest last: a late duplicate must not be taken for new (M2). */
  readonly notes: readonly Note[];
}

/**
 * One gateway in the pair. There is at most one for each gateway (M2), but that a newer run waits while an older one's
 * work is still on the routers.
 */
export interface Waiting extends PairMember {
  readonly stamp: number;
  /** Who is to be answered next; `null` once answered. */
  readonly asker: Asker | null;
  /** Workflow time of its arrival, in ms. */
  readonly since: number;
  /**
   * Its last wish was to be kept: the answer to its being applied is `poll again` (M3). Or it came to be taken away. Either way it may have
   * been applied before by a workflow that is forgotten, and its end needs a look at the routers (T6).
   */
  readonly pollAgain: boolean;
  readonly verdict: Verdict | null;
}

export type Verdict =
  | {
      readonly kind: 'keep';
      readonly seen: readonly Observation[];
      /** Asked to go when settling had begun: holds if it would have to be applied again. */
      readonly overruled?: DropVerdict;
    }
  | DropVerdict;

export interface DropVerdict {
  readonly kind: 'drop';
  readonly type: FailureType;
  readonly reason: string;
}

export interface Batch {
  readonly turn: string;
  /** Raised by every apply: a verdict counts for the round that it speaks of only (M3). */
  readonly round: number;
  readonly phase: Phase;
  /** Workflow time since when the phase lasts, in ms. */
  readonly since: number;
  readonly heldBy: string | null;
  /** Workflow time of the first try to apply this round, in ms: patience counts from it. `null`: not tried yet. */
  readonly triedSince: number | null;
  /** Names of the routers that were committed to plainly in this round. */
  readonly plainly: readonly string[];
  readonly members: readonly Waiting[];
}

export type Phase =
  | 'taking the turn'
  /** Removing what a pair workflow before this one left behind. */
  | 'clearing'
  | 'applying'
  /** Somebody is in the way on one, or it is away. Nothing is on either, and nobody tries to change that. */
  | 'waiting for a router'
  | 'waiting for verdicts'
  | 'settling'
  | 'releasing';

export interface Note extends PairMember {
  readonly stamp: number;
  readonly answer: { readonly kind: 'kept' | 'created' } | Gone;
  /** What the keep had seen: to be published should nobody be there to hear of it. */
  readonly seen: readonly Observation[];
  /** It left before it was ever applied, as this workflow remembers; one that was reset has forgotten. */
  readonly unseen?: true;
}

export type PairEvent =
  | { readonly kind: 'asked'; readonly request: PairRequest }
  /** Somebody waits for a turn that a pair workflow before this one has left behind. */
  | { readonly kind: 'woken' }
  | { readonly kind: 'turn taken'; readonly leftover: readonly TurnMember[] }
  | { readonly kind: 'turn waits'; readonly why: string }
  | { readonly kind: 'applied'; readonly outcome: ApplyOutcome }
  /** Instead of `applied`. */
  | { readonly kind: 'apply waits'; readonly why: string }
  /** `null`: to be tried again. */
  | { readonly kind: 'routers awaited'; readonly why: string | null }
  | { readonly kind: 'settled'; readonly outcome: SettleOutcome }
  /** The workflow was reset, and what it has as its turn was given back or taken over before. */
  | { readonly kind: 'turn lost'; readonly turn: string }
  /** No verdict is worth waiting for any longer (T11). */
  | { readonly kind: 'verdicts due'; readonly round: string }
  | { readonly kind: 'released' }
  /** A step can't be done, and is tried again in a while. `why`: `null` when it is. */
  | { readonly kind: 'step stuck'; readonly why: string | null }
  /** It was not told that it could leave: it may have been applied by a run of this workflow that this one was reset from. */
  | { readonly kind: 'doubted'; readonly member: PairMember; readonly asker: Asker }
  /** Nobody was there to be answered: terminated, reset, not found (M4). */
  | { readonly kind: 'nobody answered to'; readonly member: PairMember; readonly answer: PairAnswer };

export type PairCommand =
  | { readonly kind: 'take turn'; readonly turn: string; readonly known: string | null }
  | {
      readonly kind: 'apply';
      readonly turn: string;
      readonly members: readonly PairMember[];
      readonly since: number;
    }
  | {
      readonly kind: 'await routers';
      readonly turn: string;
      readonly since: number;
      readonly known: string;
    }
  /** What comes of the applying, or of waiting for routers, is told as ever. */
  | { readonly kind: 'stop applying' }
  | {
      readonly kind: 'settle';
      readonly turn: string;
      readonly keep: readonly PairMember[];
      readonly drop: readonly PairMember[];
    }
  /** `cleared`: what was left behind was settled. Else a workflow that was reset gives nothing back that something may be on by. */
  | { readonly kind: 'release'; readonly turn: string; readonly cleared?: true }
  | { readonly kind: 'await verdicts'; readonly round: string; readonly until: string | null }
  | {
      readonly kind: 'answer';
      readonly asker: Asker;
      readonly member: PairMember;
      readonly answer: PairAnswer;
      /** To be told only by a workflow that was not reset. */
      readonly unseen?: true;
    }
  /** On behalf of a saga that is gone; one that runs publishes for itself (M4). */
  | {
      readonly kind: 'publish for';
      readonly member: PairMember;
      readonly outcome: { readonly kind: 'created'; readonly seen: readonly Observation[] } | Gone;
    };

export interface Decision {
  readonly state: PairState;
  readonly commands: readonly PairCommand[];
}

export function emptyPair(token: string): PairState {
  return { token, turns: 0, cleared: false, waiting: [], on: null, notes: [] };
}
