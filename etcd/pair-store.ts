/**
 * What the pair transaction asks of etcd. One key per router says which pair has it reserved and whether it is held for maintenance (T8).
 * Each owed change has a key of its own beside it (T7), so that no value grows with what is owed.
 *
 * 1. A reservation stands on both routers or on none: every write that concerns it compares both keys.
 * 2. A router's key is never removed again, and every change of what the router owes writes it, too. So a write that was given up and
 *    arrives late finds it changed, and does nothing.
 */
import type {
  OwedChange,
  MaintenanceHold,
  RouterRecord,
  ActivityCall,
  PermittedMember,
} from '../pair/transactions.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { EtcdClient } from './client.ts';
import { addOwedChanges, cancelOwedChanges, payOwedChange } from './owed-changes.ts';
import type { StoreCorruptError } from './errors.ts';
import { beginMaintenance, endMaintenance } from './maintenance-holds.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { markReverting, markSettled } from './kept.ts';
import type { RevertingOutcome, Settlement } from './kept.ts';
import { readPlans, readStates } from './members.ts';
import type { PlanRecord } from './plan-record.ts';
import { freeClaims } from './free-claims.ts';
import { readOwingPair, readRouter, readRouters } from './router-record.ts';
import type { OwingPair, ReservationRef } from './router-record.ts';
import type { StateFacts } from './state.ts';
import { issueToken, permitCommit } from './fence.ts';
import type { Fence, TokenOutcome } from './fence.ts';
import { endReservation, reserve } from './reservations.ts';
import type { ReserveRequest, ReservedOutcome } from './reservations.ts';

export type {
  Fence,
  OwingPair,
  ReservationRef,
  ReserveRequest,
  ReservedOutcome,
  RevertingOutcome,
  Settlement,
  TokenOutcome,
};

export interface PairStore {
  /**
   * Reserves both routers or none (T8). The same id again is the same reservation. A reservation of the same pair under another id was left
   * behind by a workflow that is gone: it is taken over with its token, sessions, members and `committedAt`, even while a router is held
   * for maintenance, because what stands there must be settled.
   */
  reserve(request: ReserveRequest): Promise<ReservedOutcome>;
  /** Both routers' records. Given to `issueToken`, they save it a request. */
  readPair(routers: readonly [string, string]): Promise<OwingPair>;
  /**
   * Issues the next fencing token; every earlier one is void. Records the NETCONF session ids, per router id: such a session may be
   * killed. `overtaken`: a call that was made later has a token already.
   */
  issueToken(
    reservation: ReservationRef,
    sessions: Readonly<Record<string, string>>,
    call?: ActivityCall,
    pair?: OwingPair,
  ): Promise<TokenOutcome>;
  /**
   * Permits these members on these routers (T3). A worker calls this under the routers' locks, right before its commit. `false`: the token
   * was voided or the reservation lost; nothing may be committed. `committedAt` (ISO time) stays that of the first commit on a router
   * since it was last without members.
   */
  permitCommit(
    fence: Fence,
    routerIds: readonly string[],
    members: readonly PermittedMember[],
    committedAt: string,
  ): Promise<boolean>;
  /**
   * Writes down what settling came to, in one transaction for up to 48 members. That a gateway is kept outlives reservation and pair: a
   * saga that sends its request again learns it, and only then may `/state` promise it. A member without a plan record is skipped.
   * `false`: the token was voided, and not everything was written.
   */
  markSettled(fence: Fence, settlement: Settlement): Promise<boolean>;
  /** Before anything of these members is reverted: `/state` can't promise them any more. They stay known as ours. */
  markReverting(fence: Fence, members: readonly PermittedMember[]): Promise<RevertingOutcome>;
  /**
   * Ends the reservation, on each router that has it. A `reserve` that is still on its way comes to nothing. `false`: not ended, because of
   * `ifEmpty` and a member that is still permitted.
   */
  endReservation(reservation: ReservationRef, options?: { readonly ifEmpty?: boolean }): Promise<boolean>;
  /** One that is owed already stays as it is (T7). `false`: the token was voided, and not everything was written. */
  addOwedChanges(fence: Fence, routerId: string, owedChanges: readonly OwedChange[]): Promise<boolean>;
  /** It is owed no longer. `true` also if it was not owed. `false`: the token was voided, and nothing was written. */
  payOwedChange(
    fence: Fence,
    routerId: string,
    owedChange: Pick<OwedChange, 'gateway' | 'change'>,
  ): Promise<boolean>;
  /**
   * Cancels what is owed for this gateway up to this version, if the registered plan of this version or a newer one owns all its stanzas on
   * that router. Only after the router was seen carrying them. Resolves to what was cancelled; `undefined`: the token was voided, and
   * nothing was.
   */
  cancelOwedChanges(
    fence: Fence,
    routerId: string,
    gateway: GatewayVersion,
  ): Promise<readonly OwedChange[] | undefined>;
  /** Removes plan record and claims of a gateway that failed at this version, unless it may stand on a router or something of it is owed. */
  freeClaims(gateway: GatewayVersion): Promise<void>;
  /** No reservation begins on that router any more; one that has begun goes on to its end. Resolves to the record as it is then. */
  beginMaintenance(routerId: string, hold: MaintenanceHold): Promise<RouterRecord>;
  /** Resolves to the hold that was ended; `null`: there was none. */
  endMaintenance(routerId: string): Promise<MaintenanceHold | null>;
  router(routerId: string): Promise<RouterRecord>;
  /** Every router that was ever reserved or held, or owes something, by id. */
  routers(): Promise<ReadonlyMap<string, RouterRecord | StoreCorruptError>>;
  /** Plan records in one read, in the order asked for. A record that can't be read does not hide the others. At most `READ_LIMIT`. */
  plans(gateways: readonly GatewayRef[]): Promise<readonly (PlanRecord | StoreCorruptError | undefined)[]>;
  /** `/state` of each in one read, in the order asked for. At most `READ_LIMIT`. */
  states(gateways: readonly GatewayRef[]): Promise<readonly (StateFacts | undefined)[]>;
}

export function pairStore(client: EtcdClient): PairStore {
  return {
    reserve: (request) => reserve(client, request),
    readPair: (routers) => readOwingPair(client, 'routers of a pair', routers),
    issueToken: (reservation, sessions, call, pair) => issueToken(client, reservation, sessions, call, pair),
    permitCommit: (fence, routerIds, members, committedAt) =>
      permitCommit(client, fence, routerIds, members, committedAt),
    endReservation: (reservation, options) => endReservation(client, reservation, options),
    addOwedChanges: (fence, routerId, owedChanges) => addOwedChanges(client, fence, routerId, owedChanges),
    payOwedChange: (fence, routerId, owedChange) => payOwedChange(client, fence, routerId, owedChange),
    freeClaims: (gateway) => freeClaims(client, gateway),
    cancelOwedChanges: (fence, routerId, gateway) => cancelOwedChanges(client, fence, routerId, gateway),
    beginMaintenance: (routerId, hold) => beginMaintenance(client, routerId, hold),
    endMaintenance: (routerId) => endMaintenance(client, routerId),
    router: (routerId) => readRouter(client, routerId),
    routers: () => readRouters(client),
    plans: (gateways) => readPlans(client, gateways),
    markSettled: (fence, settlement) => markSettled(client, fence, settlement),
    markReverting: (fence, members) => markReverting(client, fence, members),
    states: (gateways) => readStates(client, gateways),
  };
}
