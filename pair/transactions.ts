/** Per-router records in etcd (T8), and what the pair's two transactions take and give. */
import type { FailureType } from '../gateway/failures.ts';
import type { RouterConfiguration } from '../gateway/kind.ts';
import type { GatewayVersion, Role } from '../gateway/resource.ts';
import type { PairMember } from './messages.ts';

/** `/gateway-saga/routers/<edge router id>`. */
export interface RouterRecord {
  readonly reservation: Reservation | null;
  readonly maintenance: MaintenanceHold | null;
  readonly owedChanges: readonly OwedChange[];
}

export interface Reservation {
  /** Unique for ever, and in every log line of it. */
  readonly id: string;
  /** Ids of turns of this pair that it took over from workflows that are gone: their log lines are its own (T5). Absent: none. */
  readonly earlier?: readonly string[];
  /** Workflow id of the pair that has it. */
  readonly pair: string;
  /** ISO time. */
  readonly since: string;
  /** T3: number of the last attempt begun or voided. Whoever holds an older one may commit nothing. */
  readonly token: number;
  /** The call that began it: one that comes later in time, but was made earlier, begins none. Absent: not known. */
  readonly call?: ActivityCall;
  /** NETCONF session ids of that attempt and of those before it, on this router: only such a session may be killed. */
  readonly sessions: readonly string[];
  /** Gateways that a commit was permitted for, since this router was last seen without them. */
  readonly members: readonly PermittedMember[];
  /** ISO time when the first confirmed commit of the turn was permitted; `null`: none was. The deadline counts from it (T2). */
  readonly committedAt: string | null;
}

/** Which of a turn's activities, and which attempt of it, a worker carries out: ordered by time, then by attempt. */
export interface ActivityCall {
  /** When the activity was scheduled, by the server's clock, in ms since the epoch. */
  readonly scheduled: number;
  /** Of that activity, from 1. */
  readonly attempt: number;
}

export interface PermittedMember {
  readonly gateway: GatewayVersion;
  readonly run: string;
}

/** Maintenance: requests that need this router wait, whatever pair they come by. */
export interface MaintenanceHold {
  readonly reason: string;
  /** ISO time. */
  readonly since: string;
}

/** T7: a removal that is owed. Only content equal to what was rendered is deleted; cancelled when a newer version owns the stanza. */
export interface OwedChange {
  readonly gateway: GatewayVersion;
  readonly role: Role;
  readonly configuration: RouterConfiguration;
  /** ISO time. */
  readonly since: string;
  readonly reason: string;
  /** Ids of turns whose commit it may be on trial by there still: to be known for ours by the next turn (T5). Absent: not known. */
  readonly reservations?: readonly string[];
}

export interface ReserveInput {
  readonly pair: string;
  readonly routers: readonly [string, string];
  /** Id of the turn to take; the same id again is the same turn. */
  readonly reservation: string;
  /** What was said last of why the turn can't be had: the activity comes back at once when that changes, else after a while. */
  readonly known: string | null;
}

export type ReserveOutcome =
  /** `leftover`: members of a turn that a pair workflow before this one left behind: to be dropped before anything else. */
  | { readonly kind: 'taken'; readonly leftover: readonly PermittedMember[] }
  | { readonly kind: 'blocked'; readonly why: string };

export interface ApplyInput {
  readonly reservation: string;
  readonly routers: readonly [string, string];
  readonly members: readonly PairMember[];
  /** Workflow time of the first try of this round, in ms: patience counts from it. Absent: from the activity's own beginning. */
  readonly since?: number;
}

/** A router can't be had, and nothing was permitted there: neither carries anything of these members, and no try before this one can change that. */
export interface Blocked {
  readonly kind: 'blocked';
  /** Which router, and who or what is in the way, as the router says it. */
  readonly why: string;
}

export interface AwaitRoutersInput {
  readonly reservation: string;
  readonly routers: readonly [string, string];
  /** As of the tries to apply. */
  readonly since: number;
  /** What was said last of why they can't be had: the activity comes back at once when that changes, else after a while. */
  readonly known: string;
}

export type AwaitRoutersOutcome =
  /** Both can be had, or patience is over: to be tried again. */
  { readonly kind: 'try' } | Blocked;

export interface Refused {
  readonly member: PairMember;
  readonly type: FailureType;
  readonly reason: string;
}

/** Every member is in exactly one of the lists. */
export interface ApplyOutcome {
  /** Both routers carry them, unconfirmed (or plainly, where confirmed commits are not to be had). */
  readonly applied: readonly PairMember[];
  /** Neither router carries them. */
  readonly refused: readonly Refused[];
  /** Neither router carries them, and they can't be added to what is pending there: they go with the next batch (T4). Absent: none. */
  readonly postponed?: readonly PairMember[];
  /** `/state` promises already that they stand: they were left alone (T10). Absent: none. */
  readonly complete?: readonly PairMember[];
  /** It could not be brought about on both, or not be found out: to be settled as dropped. */
  readonly toRevert: readonly Refused[];
  /** Per router id: how it was committed. `null`: it was not. */
  readonly commits: Readonly<Record<string, 'confirmed' | 'plain' | null>>;
  /** Names of the routers where what stands there can't fall back by itself. Absent: none. */
  readonly plainCommits?: readonly string[];
  /** ISO time after which no confirm is sent (T2); `null`: nothing to confirm. */
  readonly confirmBy: string | null;
  /** ISO time after which a verdict is waited for no longer (T11). */
  readonly verdictBy: string | null;
}

export interface SettleInput {
  readonly reservation: string;
  readonly routers: readonly [string, string];
  readonly confirm: readonly PairMember[];
  readonly revert: readonly PairMember[];
}

export interface SettleOutcome {
  /** Permanent on both, nothing pending, seen so under the lock. */
  readonly kept: readonly PairMember[];
  /** On neither, seen so under the lock; or owed. */
  readonly reverted: readonly {
    readonly member: PairMember;
    readonly owed: readonly string[];
    readonly reason: string | null;
  }[];
  /** They had fallen back on a router before they could be confirmed: to be applied again (T12). */
  readonly fellBack: readonly PairMember[];
}
