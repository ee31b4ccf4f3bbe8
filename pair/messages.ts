/**
 * How a gateway's saga and its router pair's workflow talk. A saga asks by a signal and is answered by the completion of
 * the very activity that asked (M1), so that every hop is a bar in the gateway's own history and a retry is the re-ask.
 */
import type { FailureType } from '../gateway/failures.ts';
import type { Observation } from '../gateway/plan.ts';
import type { GatewayVersion } from '../gateway/resource.ts';

/** Workflow type. */
export const ROUTER_PAIR = 'routerPair';
/** Signal with a `PairRequest`. */
export const REQUEST_SIGNAL = 'ask';
/** Signal without a payload: settle what a pair workflow before this one left behind. */
export const WAKE_SIGNAL = 'wake';
/** Update with a `HoldRequest`: maintenance, as `gateway-saga routers hold` does it. */
export const BEGIN_MAINTENANCE_UPDATE = 'hold';
/** Update with `{ router }`: ends it. Returns whether there was one. */
export const END_MAINTENANCE_UPDATE = 'end reservation';
/** Query: a `PairQueue`. */
export const QUEUE_QUERY = 'queue';

/** `router_pair:<id>+<id>`, ids sorted: gateways with swapped roles share a pair. */
export function pairIdOf([one, other]: readonly [string, string]): string {
  return `router_pair:${one < other ? `${one}+${other}` : `${other}+${one}`}`;
}

export interface HoldRequest {
  /** Id of one of the pair's edge routers. */
  readonly router: string;
  /** Shown to everybody who waits for it. At most 200 characters. */
  readonly reason: string;
}

/** The activity that waits for the answer. */
export interface ReplyTo {
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
}

/** One gateway's run as a pair knows it. */
export interface PairMember {
  readonly gateway: GatewayVersion;
  /** Token of the saga's run. */
  readonly run: string;
  /** For people. */
  readonly name: string;
}

export interface PairRequest extends PairMember {
  /** Workflow time of the asking, in ms since the epoch: increasing for a gateway; older ones are ignored (M2). */
  readonly sequence: number;
  readonly replyTo: ReplyTo;
  readonly action:
    | { readonly kind: 'apply' }
    /**
     * The service was seen working under this turn: make it permanent (M3). The point of no return for a cancel (M5).
     * Should the saga be gone by the time of the answer, the pair publishes what was seen (M4).
     */
    | { readonly kind: 'confirm'; readonly trial: string; readonly seen: readonly Observation[] }
    /** Take it away, on whatever turn it is, or out of the queue. */
    | { readonly kind: 'revert'; readonly reason: string };
}

export type PairAnswer =
  /** Both routers carry it under this turn, to fall back by themselves unless it is kept. `plainly`: names of those that can't. */
  | { readonly kind: 'applied'; readonly trial: string; readonly plainCommits?: readonly string[] }
  /** It is permanent on both. */
  | { readonly kind: 'kept' }
  /** `/state` said before that it stands, at this very version: nothing was done. */
  | { readonly kind: 'created' }
  /** That turn is over; it was applied again under this one: look at the service again. */
  | { readonly kind: 'applied again'; readonly reservation: string }
  | Reverted;

/** Neither router carries it, but for what is owed. */
export interface Reverted {
  readonly kind: 'reverted';
  readonly type: FailureType;
  /** One line for a person. */
  readonly reason: string;
  /** Names of routers that could not be cleaned or looked at: the removal is owed there (T6, T7). */
  readonly owedOn: readonly string[];
  /** Why something is owed, or what somebody else had made of it. Absent: nothing to tell. */
  readonly note?: string;
}

/** What the pair's page, the queue command and a gateway's own display show. */
export interface PairQueue {
  /** Ids. */
  readonly routers: readonly [string, string];
  /** What they are called, in the same order; where that isn't known, their ids. */
  readonly names: readonly [string, string];
  readonly reservation: string | null;
  /** `taking the turn`, `applying`, `waiting for verdicts`, `settling`, `releasing`, `idle`. */
  readonly phase: string;
  /** Why it doesn't go on: a hold, another pair's turn, an operator's lock; in words for a person. */
  readonly blockedBy: string | null;
  /** ISO time since when the phase lasts. */
  readonly since: string;
  readonly batch: readonly {
    readonly gateway: GatewayVersion;
    readonly name: string;
    readonly verdict: 'confirm' | 'revert' | null;
  }[];
  readonly waiting: readonly {
    readonly gateway: GatewayVersion;
    readonly name: string;
    readonly since: string;
  }[];
}
