/** The record of each router in etcd: who has it, and what it owes. */
import type { Change } from '../gateway/change.ts';
import type { GatewayRef, GatewayVersion, Role } from '../gateway/resource.ts';
import type { VrrpBefore } from '../gateway/vrrp-time.ts';

/** `/gateway-saga/routers/<edge router id>`, with the owed changes of that router. */
export interface RouterRecord {
  readonly reservation: Reservation | null;
  readonly maintenance: MaintenanceHold | null;
  readonly owedChanges: readonly OwedChange[];
  /** Absent: it is not retired. */
  readonly retired?: Retirement;
  /** Absent: no hold and no retirement was ended, or a hold has begun since. */
  readonly freed?: Freed;
}

/** Both routers of a pair, taken by that pair ("one reservation", T8). Each router's record holds its own copy. */
export interface Reservation {
  /** Never used twice, and part of every commit's log line under it. */
  readonly id: string;
  /**
   * Ids of earlier reservations of this pair that this one took over. Commits with their log lines are ours ("others' pending commit", T5).
   * Absent: none.
   */
  readonly earlier?: readonly string[];
  /** Workflow id of the pair. */
  readonly pair: string;
  /** ISO time. */
  readonly since: string;
  /** The last "fencing token" (T3) that was issued. A worker with a lower one commits nothing. */
  readonly token: number;
  /** The activity call that got the token. An earlier call gets no token any more. Absent: not known. */
  readonly call?: ActivityCall;
  /** Ids of the NETCONF sessions that were opened on this router under this reservation: only such a session may be killed. */
  readonly sessions: readonly string[];
  /**
   * Gateways that a worker may have committed on this router. A gateway leaves the list once a look has found its `before` there, or its inverse
   * change is owed, or it is kept.
   */
  readonly members: readonly PermittedMember[];
  /** ISO time at which the first commit was permitted; `null`: none was. For people: the deadline is in the commit's log line. */
  readonly committedAt: string | null;
  /** Of the last commit that was permitted on this router. It counts for these members. Absent: nothing, or no member is left. */
  readonly vrrpBefore?: VrrpBefore;
}

/** One attempt of one activity. Calls are ordered by `scheduled`, then by `attempt`. */
export interface ActivityCall {
  /** When the activity was scheduled, by the server's clock, in ms since the epoch. */
  readonly scheduled: number;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
}

export interface PermittedMember {
  readonly gateway: GatewayVersion;
  readonly run: string;
}

/** An operator keeps the router: no reservation of any pair begins on it. */
export interface MaintenanceHold {
  readonly reason: string;
  /** Who holds it, as he says. Absent: nobody has said. */
  readonly by?: string | undefined;
  /** ISO time. */
  readonly since: string;
}

/** Who ended the last hold or retirement, and when. */
export interface Freed {
  readonly from: 'hold' | 'retirement';
  /** As he says. */
  readonly by: string;
  /** ISO time. */
  readonly since: string;
}

/** A router that a person has retired: no reservation begins on it, and no gateway is changed there, until it is readmitted. */
export interface Retirement {
  readonly reason: string;
  /** Who did it. */
  readonly by: string;
  /** ISO time. */
  readonly since: string;
  /** Gateways of which the router owed a change. What it owed was dropped. The newest ones, the very newest last. */
  readonly dropped: readonly GatewayVersion[];
  /** How many gateways before these the record does not name. Absent: none. */
  readonly more?: number | undefined;
}

/**
 * An inverse change that could not be made on the router yet ("owed change", T7). It is made only while the router still carries its `before`; where
 * it is a deletion (`deletion`), a part may be gone already.
 */
export interface OwedChange {
  readonly gateway: GatewayVersion;
  readonly role: Role;
  /** `before`: what may stand on the router; `after`: what shall stand there. */
  readonly change: Change;
  /** Digest of the forms in which the router stored the secrets of `before` when the change became owed. Absent: none, or not known. */
  readonly secrets?: string;
  /** ISO time. */
  readonly since: string;
  readonly reason: string;
  /** As in the gateway's plan record, which may be gone by the time the owed change is made. Absent: none. */
  readonly parents?: readonly GatewayRef[];
  /** Ids of the reservations under which the gateway may still be on trial: the next reservation takes their commits for ours. Absent: not known. */
  readonly reservations?: readonly string[];
  /**
   * Set if this is a deletion that one router makes while the other one is to owe it. `deciding`: this router is to make it. Once that is done, the
   * deletion is kept, and the other router owes it. If this router refuses, the deletion fails. `decided`: the deletion is kept, and this router owes
   * it. Absent: the owed change is the inverse of a change.
   */
  readonly deletion?: 'deciding' | 'decided';
}
