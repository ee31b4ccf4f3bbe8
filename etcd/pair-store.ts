/**
 * What the pair transaction asks of etcd. One key per router says who has the turn there and whether it is held (T8); a key per
 * debt beside it (T7), so that no value grows with what is owed.
 *
 * 1. A turn stands on both routers or on none: every write that concerns it compares both keys.
 * 2. A router's key is never removed again, and every change of its debts writes it too: a write that was given up and arrives
 *    late finds it changed, and does nothing.
 */
import type { Debt, Hold, RouterRecord, TurnCall, TurnMember } from '../pair/transactions.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { EtcdClient } from './client.ts';
import { addDebts, cancelDebts, payDebt } from './owed-changes.ts';
import type { StoreCorruptError } from './errors.ts';
import { holdRouter, releaseRouter } from './maintenance-holds.ts';
import type { GatewayRef } from './keys.ts';
import { markKept, markLeaving } from './kept.ts';
import type { LeavingOutcome } from './kept.ts';
import { readPlans, readStates } from './members.ts';
import type { PlanRecord } from './plan-record.ts';
import { releaseClaims } from './release-claims.ts';
import { readRouter, readRouters } from './router-record.ts';
import type { HeldTurn, TurnAttempt } from './router-record.ts';
import type { StateFacts } from './state.ts';
import { beginTurnAttempt, markWithout, permitCommit } from './fencing-token.ts';
import type { TurnAttemptOutcome } from './fencing-token.ts';
import { releaseTurn, takeTurn } from './reservations.ts';
import type { TakeTurnRequest, TakenOutcome } from './reservations.ts';

export type { HeldTurn, LeavingOutcome, TakeTurnRequest, TakenOutcome, TurnAttempt, TurnAttemptOutcome };

export interface PairStore {
  /**
   * Takes the turn on both routers or on neither (T8). The same turn id again is the same turn. A turn of the same pair under another
   * id was left behind by a workflow that is gone: it is taken over with attempt number, sessions, members and `committedAt`,
   * even while a router is held: what is on it has to be settled.
   */
  takeTurn(request: TakeTurnRequest): Promise<TakenOutcome>;
  /**
   * Takes the next attempt number; all before it are void. Adds the NETCONF session ids, per router id, to what may be killed.
   * A `call` that was made before the one that began the last attempt is `overtaken`.
   */
  beginTurnAttempt(
    held: HeldTurn,
    sessions: Readonly<Record<string, string>>,
    call?: TurnCall,
  ): Promise<TurnAttemptOutcome>;
  /**
   * T3: asked under the routers' locks, before the commit. The named routers may carry the members from now on. `false`: the number
   * was voided or the turn lost; nothing may be committed. `committedAt` (ISO time) is kept from the first commit on a router since it was
   * last without members.
   */
  permitCommit(
    attempt: TurnAttempt,
    routerIds: readonly string[],
    members: readonly TurnMember[],
    committedAt: string,
  ): Promise<boolean>;
  /** The router was seen without these members; without the last one, `committedAt` is `null` again. `false`: voided. */
  markWithout(attempt: TurnAttempt, routerId: string, members: readonly TurnMember[]): Promise<boolean>;
  /**
   * Takes the turn away from both routers, as far as this one has them. A `takeTurn` still on its way comes to nothing. `false`:
   * not where `ifEmpty`, as a commit was permitted for members that a router was not seen without since.
   */
  releaseTurn(held: HeldTurn, options?: { readonly ifEmpty?: boolean }): Promise<boolean>;
  /** T7. One that is owed already stays as it is. `false`: voided, not everything was written. */
  addDebts(attempt: TurnAttempt, routerId: string, debts: readonly Debt[]): Promise<boolean>;
  /** It is owed no more. True also when it wasn't any more. `false`: voided, nothing was written. */
  payDebt(
    attempt: TurnAttempt,
    routerId: string,
    debt: Pick<Debt, 'gateway' | 'configuration'>,
  ): Promise<boolean>;
  /** Plan record and claims of a creation that failed at this version go, unless something of it may be on a router, or is owed. */
  releaseClaims(gateway: GatewayVersion): Promise<void>;
  /**
   * Takes back what is owed for this gateway up to this version, as far as the registered plan of this version or a newer one owns all its
   * stanzas on that router. To be asked once the router was seen carrying them. Resolves to what was taken back; `undefined`: voided, nothing was.
   */
  cancelDebts(
    attempt: TurnAttempt,
    routerId: string,
    gateway: GatewayVersion,
  ): Promise<readonly Debt[] | undefined>;
  /** Maintenance: no turn begins on that router any more; one that is on goes on to its end. Resolves to the record as it is then. */
  holdRouter(routerId: string, hold: Hold): Promise<RouterRecord>;
  /** Resolves to the hold that was ended; `null`: there was none. */
  releaseRouter(routerId: string): Promise<Hold | null>;
  router(routerId: string): Promise<RouterRecord>;
  /** Every router that ever had a turn, a hold or a debt, by id. */
  routers(): Promise<ReadonlyMap<string, RouterRecord | StoreCorruptError>>;
  /** Plan records in one read, in the order asked for; an unreadable one is its own gateway's trouble. At most `READ_LIMIT`. */
  plans(gateways: readonly GatewayRef[]): Promise<readonly (PlanRecord | StoreCorruptError | undefined)[]>;
  /**
   * These gateways were made permanent on both routers. Outlives the turn and the pair: a saga that asks again finds it so, and only then
   * may `/state` promise it. Whose plan is gone, nothing is written for. `false`: voided, not everything was written.
   */
  markKept(attempt: TurnAttempt, members: readonly TurnMember[]): Promise<boolean>;
  /**
   * To be asked before anything of theirs is removed: takes `kept` back, so that nobody promises in `/state` what goes. They stay known for
   * ours.
   */
  markLeaving(attempt: TurnAttempt, members: readonly TurnMember[]): Promise<LeavingOutcome>;
  /** `/state` of each in one read, in the order asked for. At most `READ_LIMIT`. */
  states(gateways: readonly GatewayRef[]): Promise<readonly (StateFacts | undefined)[]>;
}

export function pairStore(client: EtcdClient): PairStore {
  return {
    takeTurn: (request) => takeTurn(client, request),
    beginTurnAttempt: (held, sessions, call) => beginTurnAttempt(client, held, sessions, call),
    permitCommit: (attempt, routerIds, members, committedAt) =>
      permitCommit(client, attempt, routerIds, members, committedAt),
    markWithout: (attempt, routerId, members) => markWithout(client, attempt, routerId, members),
    releaseTurn: (held, options) => releaseTurn(client, held, options),
    addDebts: (attempt, routerId, debts) => addDebts(client, attempt, routerId, debts),
    payDebt: (attempt, routerId, debt) => payDebt(client, attempt, routerId, debt),
    releaseClaims: (gateway) => releaseClaims(client, gateway),
    cancelDebts: (attempt, routerId, gateway) => cancelDebts(client, attempt, routerId, gateway),
    holdRouter: (routerId, hold) => holdRouter(client, routerId, hold),
    releaseRouter: (routerId) => releaseRouter(client, routerId),
    router: (routerId) => readRouter(client, routerId),
    routers: () => readRouters(client),
    plans: (gateways) => readPlans(client, gateways),
    markKept: (attempt, members) => markKept(client, attempt, members),
    markLeaving: (attempt, members) => markLeaving(client, attempt, members),
    states: (gateways) => readStates(client, gateways),
  };
}
