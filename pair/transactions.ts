/** The inputs and outcomes of the activities that work on both routers of a pair. */
import type { FailureType } from '../gateway/failures.ts';
import type { BatchPolicy } from '../gateway/policies.ts';
import type { VrrpTime } from '../gateway/vrrp-time.ts';
import type { PairMember, RouterOwing } from './messages.ts';
import type { PermittedMember } from './router-record.ts';

export interface OwingLook {
  /** Those of the pair's routers that owe something. */
  readonly routers: readonly RouterOwing[];
  /** Ids of the routers among them on which a session could be opened. */
  readonly ready: readonly string[];
  /** Why no session could be opened on one of the others, in words for a person; `null`: nothing was in the way. */
  readonly inTheWay: string | null;
  /** On each router without a session, somebody must mend something first. Another look a minute later would find the same, or even do harm. */
  readonly isSlow: boolean;
}

export interface PayInput extends BatchInput {
  /** Ids of the routers that make what they owe. */
  readonly ids: readonly string[];
}

export interface PayOutcome {
  /** Why a router could not make what it owes, in words for a person; `null`: each router has been looked at under its lock. */
  readonly inTheWay: string | null;
}

export interface ReserveInput {
  readonly pair: string;
  readonly routers: readonly [string, string];
  /** Id of the reservation. The same id again is the same reservation. */
  readonly reservation: string;
  /** What was in the way when the pair last tried. The activity returns at once when that changes, else after a while. */
  readonly known: string | null;
  /** Ids of the routers on which something is done. Nothing is done on the other, so it may be retired or held. Absent: both. */
  readonly needs?: readonly string[];
  /** The workflow understands `nothingLeft`. Absent: the workflow is of a release that does not, and its history has to be replayed as it was. */
  readonly asksForLeft?: true;
}

export type ReserveOutcome =
  /** `leftover`: members of a reservation that an earlier workflow of the pair left behind. They are reverted before anything else. */
  | {
      readonly kind: 'reserved';
      readonly leftover: readonly PermittedMember[];
      /** By the policy of the worker that reserved. It holds for the batch until the reservation ends. */
      readonly policy: BatchPolicy;
      /** A router that is not needed is retired or held: nothing may be applied. Absent: none is. */
      readonly paysOnly?: true;
    }
  /**
   * `isRetired`: a router is retired, so waiting does not help. `nothingLeft`: no earlier workflow of the pair has left members behind. Absent: one
   * may have left some, or the workflow did not ask.
   */
  | (Blocked & { readonly isRetired?: true; readonly nothingLeft?: true });

/** What each transaction of a batch gets. */
export interface BatchInput {
  readonly reservation: string;
  readonly routers: readonly [string, string];
  /** Absent: the policy of the worker that carries it out. */
  readonly policy?: BatchPolicy | undefined;
}

export interface ApplyInput extends BatchInput {
  readonly members: readonly PairMember[];
  /**
   * How long the attempts took, in ms, that have told before what is in the way: the limit on that wait counts these, and neither attempts that failed or
   * timed out nor the time without any worker. Absent: there were none.
   */
  readonly waitedMs?: number;
}

/**
 * Something is in the way, and nothing was permitted under this reservation: neither router carries anything of the members, and no
 * attempt can still commit anything of them.
 */
export interface Blocked {
  readonly kind: 'blocked';
  /** Which router, and who or what is in the way, in the router's own words. */
  readonly why: string;
}

/** Both routers were looked at, and at least one is in the way. */
export interface RouterBlocked extends Blocked {
  /** How long the attempt took that has found this, in ms. */
  readonly lookedMs: number;
}

export interface AwaitRoutersInput extends BatchInput {
  /** As in `ApplyInput`. */
  readonly waitedMs: number;
  /** What was in the way when the pair looked last. The activity returns at once when that changes, else after a while. */
  readonly known: string;
}

export type AwaitRoutersOutcome =
  /** Both routers can be locked, or the limit on waiting for a router is over: time to apply again. */
  | { readonly kind: 'try'; readonly lookedMs: number }
  /** A maintenance hold has begun on one of them: nothing may be applied. */
  | { readonly kind: 'held'; readonly lookedMs: number }
  | RouterBlocked;

export interface Refused {
  readonly member: PairMember;
  readonly type: FailureType;
  readonly reason: string;
}

/** Every member is in exactly one of the lists. */
export interface ApplyOutcome {
  /** Both routers carry them, on trial (or for good, where the router has no confirmed commit and its policy allows that). */
  readonly applied: readonly PairMember[];
  /** Neither router carries them. */
  readonly refused: readonly Refused[];
  /**
   * Neither router carries them, and they go into the next batch: nothing can be added to a commit that is on trial ("prepare both", T4), or a parent
   * or a child of theirs goes first, or the time is too short for them in this batch. Absent: none.
   */
  readonly postponed?: readonly PairMember[];
  /** `/state` says already that they are complete: they were left alone ("settled state stays", T10). Absent: none. */
  readonly complete?: readonly PairMember[];
  /** They could not be applied on both routers, or nobody could look whether they were: to be reverted. */
  readonly toRevert: readonly Refused[];
  /** Per router id: how it was committed to. `null`: it was not. */
  readonly commits: Readonly<Record<string, 'on trial' | 'plain' | null>>;
  /** Names of the routers where what was committed can't fall back. Absent: none. */
  readonly plainCommits?: readonly string[];
  /** ISO time after which no confirm is sent, by the worker's clock, for people; `null`: nothing to confirm. */
  readonly confirmBy: string | null;
  /**
   * How long the pair waits for verdicts from now on, in ms ("refused revert", T11); `null`: it waits for none. It is a duration and not a time,
   * because the pair's workflow does not have the worker's clock.
   */
  readonly verdictMs: number | null;
  /** How long VRRP takes for the members that were applied. Absent: not known. */
  readonly vrrp?: VrrpTime;
}

export interface SettleInput extends BatchInput {
  /** To be made permanent. */
  readonly confirm: readonly PairMember[];
  /** To go back to `before`. */
  readonly revert: readonly PairMember[];
}

/** Every member is in exactly one of the lists. */
export interface SettleOutcome {
  /** Permanent on both routers with nothing pending, as a look under the lock showed. */
  readonly kept: readonly PairMember[];
  /** Both routers carry `before`, as a look under the lock showed; or the inverse change is owed. */
  readonly reverted: readonly {
    readonly member: PairMember;
    /** Names of the routers that owe the inverse change. */
    readonly owedOn: readonly string[];
    /** Why it is owed, or how somebody else has changed the configuration; `null`: neither. */
    readonly reason: string | null;
  }[];
  /** A router fell back before they could be confirmed: to be applied again ("split confirm", T12). */
  readonly fellBack: readonly PairMember[];
}
