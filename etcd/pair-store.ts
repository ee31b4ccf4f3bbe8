/**
 * What the pair transaction asks of etcd. One key per router says who has the turn there and whether it is held (T8); a key per
 * debt beside it (T7), so that no value grows with what is owed.
 *
 * 1. A turn stands on both routers or on none: every write that concerns it compares both keys.
 * 2. A router's key is never removed again, and every change of its debts writes it too: a write that was given up and arrives
 *    late finds it changed, and does nothing.
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
import { markKept, markReverting } from './kept.ts';
import type { RevertingOutcome } from './kept.ts';
import { readPlans, readStates } from './members.ts';
import type { PlanRecord } from './plan-record.ts';
import { freeClaims } from './free-claims.ts';
import { readRouter, readRouters } from './router-record.ts';
import type { ReservationRef, Fence } from './router-record.ts';
import type { StateFacts } from './state.ts';
import { issueToken, markAbsent, permitCommit } from './fencing-token.ts';
import type { TokenOutcome } from './fencing-token.ts';
import { endReservation, reserve } from './reservations.ts';
import type { ReserveRequest, ReservedOutcome } from './reservations.ts';

export type { Fence, ReservationRef, ReserveRequest, ReservedOutcome, RevertingOutcome, TokenOutcome };

export interface PairStore {
  /**
   * Takes the turn on both routers or on neither (T8). The same turn id again is the same turn. A turn of the same pair under another
   * id was left behind by a workflow that is gone: it is taken over with attempt number, sessions, members and `committedAt`,
   * even while a router is held: what is on it has to be settled.
   */
  reserve(request: ReserveRequest): Promise<ReservedOutcome>;
  /**
   * Takes the next attempt number; all before it are void. Adds the NETCONF session ids, per router id, to what may be killed.
   * A `call` that was made before the one that began the last attempt is `overtaken`.
   */
  issueToken(
    held: ReservationRef,
    sessions: Readonly<Record<string, string>>,
    call?: ActivityCall,
  ): Promise<TokenOutcome>;
  /**
   * T3: asked under the routers' locks, before the commit. The named routers may carry the members from now on. `false`: the number
   * was voided or the turn lost; nothing may be committed. `committedAt` (ISO time) is kept from the first commit on a router since it was
   * last without members.
   */
  permitCommit(
    attempt: Fence,
    routerIds: readonly string[],
    members: readonly PermittedMember[],
    committedAt: string,
  ): Promise<boolean>;
  /** The router was seen without these members; without the last one, `committedAt` is `null` again. `false`: voided. */
  markAbsent(attempt: Fence, routerId: string, members: readonly PermittedMember[]): Promise<boolean>;
  /**
   * Takes the turn away from both routers, as far as this one has them. A `takeTurn` still on its way comes to nothing. `false`:
   * not where `ifEmpty`, as a commit was permitted for members that a router was not seen without since.
   */
  endReservation(held: ReservationRef, options?: { readonly ifEmpty?: boolean }): Promise<boolean>;
  /** T7. One that is owed already stays as it is. `false`: voided, not everything was written. */
  addOwedChanges(attempt: Fence, routerId: string, owedChanges: readonly OwedChange[]): Promise<boolean>;
  /** It is owed no more. True also when it wasn't any more. `false`: voided, nothing was written. */
  payOwedChange(
    attempt: Fence,
    routerId: string,
    owedChange: Pick<OwedChange, 'gateway' | 'change'>,
  ): Promise<boolean>;
  /** Plan record and claims of a creation that failed at this version go, unless something of it may be on a router, or is owed. */
  freeClaims(gateway: GatewayVersion): Promise<void>;
  /**
   * Takes back what is owed for this gateway up to this version, as far as the registered plan of this version or a newer one owns all its
   * stanzas on that router. To be asked once the router was seen carrying them. Resolves to what was taken back; `undefined`: voided, nothing was.
   */
  cancelOwedChanges(
    attempt: Fence,
    routerId: string,
    gateway: GatewayVersion,
  ): Promise<readonly OwedChange[] | undefined>;
  /** Maintenance: no turn begins on that router any more; one that is on goes on to its end. Resolves to the record as it is then. */
  beginMaintenance(routerId: string, hold: MaintenanceHold): Promise<RouterRecord>;
  /** Resolves to the hold that was ended; `null`: there was none. */
  endMaintenance(routerId: string): Promise<MaintenanceHold | null>;
  router(routerId: string): Promise<RouterRecord>;
  /** Every router that ever had a turn, a hold or a debt, by id. */
  routers(): Promise<ReadonlyMap<string, RouterRecord | StoreCorruptError>>;
  /** Plan records in one read, in the order asked for; an unreadable one is its own gateway's trouble. At most `READ_LIMIT`. */
  plans(gateways: readonly GatewayRef[]): Promise<readonly (PlanRecord | StoreCorruptError | undefined)[]>;
  /**
   * These gateways were made permanent on both routers. Outlives the turn and the pair: a saga that asks again finds it so, and only then
   * may `/state` promise it. Whose plan is gone, nothing is written for. `false`: voided, not everything was written.
   */
  markKept(attempt: Fence, members: readonly PermittedMember[]): Promise<boolean>;
  /**
   * To be asked before anything of theirs is removed: takes `kept` back, so that nobody promises in `/state` what goes. They stay known for
   * ours.
   */
  markReverting(attempt: Fence, members: readonly PermittedMember[]): Promise<RevertingOutcome>;
  /** `/state` of each in one read, in the order asked for. At most `READ_LIMIT`. */
  states(gateways: readonly GatewayRef[]): Promise<readonly (StateFacts | undefined)[]>;
}

export function pairStore(client: EtcdClient): PairStore {
  return {
    reserve: (request) => reserve(client, request),
    issueToken: (held, sessions, call) => issueToken(client, held, sessions, call),
    permitCommit: (attempt, routerIds, members, committedAt) =>
      permitCommit(client, attempt, routerIds, members, committedAt),
    markAbsent: (attempt, routerId, members) => markAbsent(client, attempt, routerId, members),
    endReservation: (held, options) => endReservation(client, held, options),
    addOwedChanges: (attempt, routerId, owedChanges) =>
      addOwedChanges(client, attempt, routerId, owedChanges),
    payOwedChange: (attempt, routerId, owedChange) => payOwedChange(client, attempt, routerId, owedChange),
    freeClaims: (gateway) => freeClaims(client, gateway),
    cancelOwedChanges: (attempt, routerId, gateway) => cancelOwedChanges(client, attempt, routerId, gateway),
    beginMaintenance: (routerId, hold) => beginMaintenance(client, routerId, hold),
    endMaintenance: (routerId) => endMaintenance(client, routerId),
    router: (routerId) => readRouter(client, routerId),
    routers: () => readRouters(client),
    plans: (gateways) => readPlans(client, gateways),
    markKept: (attempt, members) => markKept(client, attempt, members),
    markReverting: (attempt, members) => markReverting(client, attempt, members),
    states: (gateways) => readStates(client, gateways),
  };
}
