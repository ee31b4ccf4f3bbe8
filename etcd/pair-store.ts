/**
 * The part of the store for the pair transaction. One key per router says which pair has reserved the router ("one reservation", T8), and whether the router
 * is held for maintenance. Each owed change ("owed change", T7) has a key of its own, so that no value grows with the number of owed changes.
 *
 * 1. A reservation stands on both routers or on none: every write that concerns it compares both routers' keys.
 * 2. A router's key is never removed again, and every write of an owed change writes that key, too. So a write that was given up and arrives late finds the
 *    key changed, and does nothing.
 */
import type {
  Freed,
  OwedChange,
  MaintenanceHold,
  Retirement,
  RouterRecord,
  ActivityCall,
  PermittedMember,
} from '../pair/router-record.ts';
import type { OweRequest } from '../gateway/plan.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import { claimsInside } from './claims-inside.ts';
import type { HeldClaim } from './claims-inside.ts';
import type { Claim } from './claims.ts';
import type { EtcdClient } from './client.ts';
import { addOwedChanges, giveUpOwedDeletion, lookAtDecision, payOwedChange } from './owed-changes.ts';
import type { OwedDecision } from './owed-decision.ts';
import { oweDeletion, owedDeletion, takeBackOwedDeletion } from './owed-deletion.ts';
import type { OweOutcome, OwedDeletion } from './owed-deletion.ts';
import type { StoreCorruptError } from './errors.ts';
import { beginMaintenance, endMaintenance, readHolds } from './maintenance-holds.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { markDisputed } from './disputed.ts';
import { markSettled } from './kept.ts';
import type { Settlement } from './kept.ts';
import { readSecrets } from './secrets.ts';
import type { GatewaySecrets } from './secrets.ts';
import { readPlans, readStates } from './members.ts';
import type { OweRefusal, PlanRecord } from './plan-record.ts';
import { freeClaims } from './free-claims.ts';
import { readOwingPair, readRouter, readRouters } from './router-record.ts';
import type { OwingPair, ReservationRef } from './router-record.ts';
import type { StateFacts } from './state.ts';
import { issueToken, permitCommit } from './fence.ts';
import type { Fence, PermitOptions, TokenOutcome } from './fence.ts';
import { endReservation, reserve } from './reservations.ts';
import { readmitRouter, retireRouter } from './retired-routers.ts';
import type { RetireOutcome, RetireRequest } from './retired-routers.ts';
import type { EndOptions, ReserveRequest, ReservedOutcome } from './reservations.ts';

export type {
  Fence,
  OwingPair,
  PermitOptions,
  ReservationRef,
  ReserveRequest,
  ReservedOutcome,
  RetireOutcome,
  Settlement,
  TokenOutcome,
};

export interface PairStore {
  /**
   * Reserves both routers or none. The same id again is the same reservation. A reservation of the same pair under another id was left
   * behind by a workflow that has ended: it is taken over with its token, sessions, members and `committedAt`. If it has members, they must
   * be settled, so it is taken over even while a router is held for maintenance.
   */
  reserve(request: ReserveRequest): Promise<ReservedOutcome>;
  /** Reads both routers' records. If the caller passes them to `issueToken`, that makes one request less. */
  readPair(routers: readonly [string, string]): Promise<OwingPair>;
  /**
   * Issues the next fencing token; every earlier one is void. `sessions`: ids of the NETCONF sessions, by router id. They are recorded,
   * because a later attempt may kill only these. `overtaken`: a call that was made later has a token already.
   */
  issueToken(
    reservation: ReservationRef,
    sessions: Readonly<Record<string, string>>,
    call?: ActivityCall,
    pair?: OwingPair,
  ): Promise<TokenOutcome>;
  /**
   * Permits these members on these routers. A worker calls this under the routers' locks, right before its commit. `false`: the token was voided or the
   * reservation was lost; nothing may be committed. `committedAt` (ISO time): the time of the first permission since the router last had no member.
   */
  permitCommit(
    fence: Fence,
    routerIds: readonly string[],
    members: readonly PermittedMember[],
    committedAt: string,
    options?: PermitOptions,
  ): Promise<boolean>;
  /**
   * Marks the plan records of these members as disputed, or not. Members whose records say so already are skipped. `false`: the token was
   * voided, and not everything was written.
   */
  markDisputed(fence: Fence, members: readonly PermittedMember[], isDisputed: boolean): Promise<boolean>;
  /**
   * Writes down the result of settling, up to 48 members in one transaction. The mark `kept` is final for its version: from then on `after` is
   * what stands. The same transaction cancels what the routers owe of the member, if its stanzas all belong to the plan. A member without a
   * plan record is skipped. `false`: the token was voided, and not everything was written.
   */
  markSettled(fence: Fence, settlement: Settlement): Promise<boolean>;
  /**
   * Ends the reservation on each router that has it. With `ifEmpty`, ends it only if no member is permitted any more. `false`: a member is
   * still permitted, and the reservation goes on. An earlier `reserve` that reaches etcd after this call writes nothing.
   */
  endReservation(reservation: ReservationRef, options?: EndOptions): Promise<boolean>;
  /** Adds owed changes. A change that is owed already stays as it is. `false`: the token was voided, and not everything was written. */
  addOwedChanges(fence: Fence, routerId: string, owedChanges: readonly OwedChange[]): Promise<boolean>;
  /** Removes an owed change. `true` also if the change was not owed. `false`: the token was voided, and nothing was written. */
  payOwedChange(
    fence: Fence,
    routerId: string,
    owedChange: Pick<OwedChange, 'gateway' | 'change' | 'deletion'>,
  ): Promise<boolean>;
  /** Begins a deletion that one router makes and that the named router is to owe. The run has registered the deletion before. */
  oweDeletion(
    gateway: GatewayVersion,
    run: string,
    request: OweRequest & { readonly since: string },
  ): Promise<OweOutcome>;
  /** How far that deletion is. */
  owedDeletion(gateway: GatewayVersion, run: string): Promise<OwedDeletion>;
  /** Takes that deletion back unless it is decided: the router that was to make it owes the inverse, which puts back what stood. */
  takeBackOwedDeletion(gateway: GatewayVersion, run: string, why: OweRefusal): Promise<OwedDeletion>;
  /**
   * Whether an owed change that was to decide a deletion still does. If the deletion's plan record is gone, the router owes the inverse instead, which puts
   * back what stood. `undefined`: the token was voided, and nothing was written.
   */
  lookAtDecision(
    fence: Fence,
    routerId: string,
    owedChange: OwedChange,
  ): Promise<OwedDecision['kind'] | undefined>;
  /** Gives up the deletion that an owed change was to decide, because the router has not made it. `false`: the token was voided, and nothing was written. */
  giveUpOwedDeletion(
    fence: Fence,
    routerId: string,
    owedChange: OwedChange,
    refused: OweRefusal,
  ): Promise<boolean>;
  /**
   * Removes the claims that nobody needs any more after a change that has ended, and the plan record if nothing stands. Does nothing while a router's record
   * permits the gateway, or a router owes a change of it. `true`: something was removed or written.
   */
  freeClaims(gateway: GatewayVersion): Promise<boolean>;
  /**
   * Begins a hold: no reservation begins on that router; one that has begun goes on to its end, but a batch that still waits for one of its routers goes back
   * to the queue. Resolves to the record under the hold. `onlyIfFree`: a hold
   * that is there already stays as it is.
   */
  beginMaintenance(
    routerId: string,
    hold: MaintenanceHold,
    options?: { readonly onlyIfFree?: boolean },
  ): Promise<RouterRecord>;
  /** Ends a hold, and resolves to it; `null`: there was none. `by`: who does it, and when. `only`: any other hold stays. */
  endMaintenance(
    routerId: string,
    by?: Omit<Freed, 'from'>,
    only?: MaintenanceHold,
  ): Promise<MaintenanceHold | null>;
  /** The holds of these routers, in their order; `null`: the router is not held, or its record can't be read. */
  holds(routerIds: readonly string[]): Promise<readonly (MaintenanceHold | null)[]>;
  /**
   * Retires a router that is held for maintenance and not reserved: drops what the router owes, and frees the claims that only the dropped changes needed.
   * From then on no reservation begins there, and no fencing token of an earlier reservation counts. A second call finds the router retired, and frees what
   * is left to free.
   */
  retireRouter(routerId: string, retirement: RetireRequest): Promise<RetireOutcome>;
  /** Readmits a router, and resolves to its retirement; `null`: it was not retired. `by`: who does it, and when. */
  readmitRouter(routerId: string, by?: Omit<Freed, 'from'>): Promise<Retirement | null>;
  router(routerId: string): Promise<RouterRecord>;
  /** By id, every router that was ever reserved or held for maintenance, or that owes a change. */
  routers(): Promise<ReadonlyMap<string, RouterRecord | StoreCorruptError>>;
  /** Reads plan records in one request, in the order of `gateways`. A record that can't be read does not hide the others. At most `READ_LIMIT`. */
  plans(gateways: readonly GatewayRef[]): Promise<readonly (PlanRecord | StoreCorruptError | undefined)[]>;
  /** All claims strictly inside these stanzas, whoever has them. */
  claimsInside(stanzas: readonly Omit<Claim, 'key'>[]): Promise<readonly HeldClaim[]>;
  /** Reads the secrets of gateways in one request, in the order of `gateways`. At most `READ_LIMIT`. */
  secrets(
    gateways: readonly GatewayRef[],
  ): Promise<readonly (GatewaySecrets | StoreCorruptError | undefined)[]>;
  /** Reads `/state` of each in one request, in the order of `gateways`. At most `READ_LIMIT`. */
  states(gateways: readonly GatewayRef[]): Promise<readonly (StateFacts | undefined)[]>;
}

export function pairStore(client: EtcdClient): PairStore {
  return {
    reserve: (request) => reserve(client, request),
    readPair: (routers) => readOwingPair(client, 'routers of a pair', routers),
    issueToken: (reservation, sessions, call, pair) => issueToken(client, reservation, sessions, call, pair),
    permitCommit: (fence, routerIds, members, committedAt, options) =>
      permitCommit(client, fence, routerIds, members, committedAt, options),
    markDisputed: (fence, members, isDisputed) => markDisputed(client, fence, members, isDisputed),
    endReservation: (reservation, options) => endReservation(client, reservation, options),
    addOwedChanges: (fence, routerId, owedChanges) => addOwedChanges(client, fence, routerId, owedChanges),
    payOwedChange: (fence, routerId, owedChange) => payOwedChange(client, fence, routerId, owedChange),
    oweDeletion: (gateway, run, request) => oweDeletion(client, gateway, run, request),
    owedDeletion: (gateway, run) => owedDeletion(client, gateway, run),
    takeBackOwedDeletion: (gateway, run, why) => takeBackOwedDeletion(client, gateway, run, why),
    lookAtDecision: (fence, routerId, owedChange) => lookAtDecision(client, fence, routerId, owedChange),
    giveUpOwedDeletion: (fence, routerId, owedChange, refused) =>
      giveUpOwedDeletion(client, fence, routerId, owedChange, refused),
    freeClaims: (gateway) => freeClaims(client, gateway),
    beginMaintenance: (routerId, hold, options) => beginMaintenance(client, routerId, hold, options),
    endMaintenance: (routerId, by, only) => endMaintenance(client, routerId, by, only),
    holds: (routerIds) => readHolds(client, routerIds),
    retireRouter: (routerId, retirement) => retireRouter(client, routerId, retirement),
    readmitRouter: (routerId, by) => readmitRouter(client, routerId, by),
    router: (routerId) => readRouter(client, routerId),
    routers: () => readRouters(client),
    secrets: (gateways) => readSecrets(client, gateways),
    claimsInside: (stanzas) => claimsInside(client, stanzas),
    plans: (gateways) => readPlans(client, gateways),
    markSettled: (fence, settlement) => markSettled(client, fence, settlement),
    states: (gateways) => readStates(client, gateways),
  };
}
