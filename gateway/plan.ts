/** What a saga carries from step to step: versions, digests and names; never a secret, never configuration text. */
import type { Carried } from './carried.ts';
import type { Action } from './change.ts';
import type { FailureType } from './failures.ts';
import type { ChangeLimits } from './policies.ts';
import type { GatewayRef, GatewayVersion, ResourceRef, Role } from './resource.ts';

export interface PlannedRouter {
  readonly role: Role;
  /** Id of the `edge_router` record. */
  readonly id: string;
  readonly name: string;
}

/** The result of planning, as it stands in the workflow's history. */
export interface Plan {
  readonly gateway: GatewayVersion;
  readonly action: Action;
  /** The version that stands on the routers. `null`: none does. */
  readonly standing: number | null;
  /** Both routers carry what the configuration asks for already. */
  readonly unchanged: boolean;
  /**
   * Present for another attempt at a version that has failed: `mod_revision` of the `/state` that says so. The outcome of this attempt takes the place
   * of exactly that `/state`.
   */
  readonly replaces?: string;
  /** The deletion is made on one router, and owed on this one. Absent: the change is made on both routers. */
  readonly owe?: OweRequest;
  /** Id of this run, by which etcd and the pair know it. Unlike Temporal's run id it survives a reset. */
  readonly run: string;
  readonly name: string;
  readonly tenant: string | null;
  /** `mod_revision` of the gateway's configuration. Every write before the terminal one compares it. */
  readonly configRevision: string;
  readonly routers: Readonly<Record<Role, PlannedRouter>>;
  readonly kind: KindSource;
  /** sha256 of both ends of each router's change. */
  readonly digests: Readonly<Record<Role, string>>;
  /** Ids of the jobs, in their order. */
  readonly jobs: readonly string[];
  readonly monitors: readonly string[];
  /** The limits from the policy of the worker that planned. They hold for the whole change, whatever the policies of other workers are. */
  readonly limits: ChangeLimits;
  /** All records under `/config` that the plan was made from. Registering reads them again in one request. */
  readonly recordsRead: readonly ResourceRef[];
  /** Search attributes that exist in this namespace with the right type: only these are upserted. */
  readonly searchAttributes: readonly string[];
}

/** Where the kind of a change was found. */
export interface KindSource {
  readonly source: 'etcd' | 'folder';
  readonly digest: string;
}

/** Outcome of planning. The saga goes on only if it is `planned`. */
export type PlanOutcome =
  { readonly kind: 'planned'; readonly plan: Plan } | (Unplanned & Pick<Plan, 'searchAttributes'>);

export type Unplanned =
  /** `/state` carries this version already: nothing is touched. */
  | { readonly kind: 'ended'; readonly ended: EndedVersion }
  /** An earlier run made this version permanent on both routers, and did not publish it. Only the publication is left to do. */
  | { readonly kind: 'kept'; readonly gateway: GatewayVersion; readonly action: Action }
  /** The configuration exists but is bad: `/state` gets this reason, nothing else is written. */
  | {
      readonly kind: 'invalid';
      readonly action: Action;
      readonly gateway: GatewayVersion;
      readonly reason: string;
      /** Absent: `InvalidGateway`. */
      readonly type?: FailureType;
      readonly replaces?: string;
    }
  /** The configuration is marked for deletion, and nothing of the gateway stands: only `/state` is to be written. */
  | { readonly kind: 'nothing'; readonly gateway: GatewayVersion; readonly replaces?: string }
  /** The request fits no configuration and version, or is for another action: nothing is written. */
  | { readonly kind: 'refused'; readonly type: FailureType; readonly reason: string };

/** A version whose outcome stands in `/state`. */
export interface EndedVersion {
  readonly gateway: GatewayVersion;
  readonly action: Action;
  readonly workerState: string;
  readonly error: string;
}

/** What the successful poll of one router saw. */
export interface Observation {
  readonly role: Role;
  readonly router: string;
  /** ISO time of the last look. */
  readonly at: string;
  /** `MASTER`, `BACKUP`, … ; `null`: the unit has no VRRP group, so only the interface was looked at. */
  readonly vrrp: string | null;
  /** Word per monitor, in the kind's order: `{ downlink: 'ACTIVE' }`. */
  readonly words: Readonly<Record<string, string>>;
}

/**
 * The request of a person to delete a gateway although one of its routers is away for long, or dead. That router then owes the removal ("owed change",
 * T7).
 */
export interface OweRequest {
  /** Id of the `edge_router` record of the router that is away. */
  readonly router: string;
  readonly reason: string;
  /** Who asks for it: `alice@jump-host`. */
  readonly by: string;
}

/** The workflow's input, as people type it. */
export interface GatewayRequest {
  readonly resourceType: string;
  readonly resourceId: string;
  /** Default: the version that `/config` has now. */
  readonly version?: number;
  /** A person asks for another attempt at the version if it has failed. Default: a failed version is not tried again. */
  readonly again?: boolean;
  /** For a deletion only. Absent: it is made on both routers, or on neither. */
  readonly owe?: OweRequest;
}

/** What the `plan` activity gets. */
export interface PlanInput extends GatewayRequest {
  /** The action that the workflow's type is for. Absent: whichever the configuration asks for. */
  readonly action?: Action;
  /** As in the plan, if the gateway was planned before in this run. */
  readonly replaces?: string;
  /** What the run before this one has written in order to wait, if this run goes on with that wait. */
  readonly waited?: Waited | undefined;
}

/** What a run has written in order to wait: that it waits for a gateway, and its job records. */
export interface Waited extends Pick<Plan, 'run' | 'jobs'> {
  readonly awaited: GatewayRef;
}

/** The outcomes of a change that was made. `unchanged`: an update that changes nothing on either router. */
export type SuccessWord = 'created' | 'updated' | 'unchanged' | 'deleted';

/** A workflow remembers how its last versions ended: this many at most. */
export const ENDS_LIMIT = 20;

/** How a workflow ended its work on one version, before it went on with a newer one. */
export interface VersionEnd {
  readonly version: number;
  readonly outcome: SuccessWord | 'superseded' | 'failed' | 'cancelled';
  /** One line for a person. Absent: the change was made. */
  readonly error?: string;
  /** Absent: the change was made. */
  readonly type?: FailureType;
  /** The newer version for which the workflow gave this one up. Absent: it did not give this one up. */
  readonly by?: number;
  /** What was not reverted, in one line. Absent: nothing of the version is left on a router. */
  readonly notReverted?: string;
}

/** Second argument of a run that goes on with a newer version, in place of the run that worked on an older one, or that goes on with a wait. */
export interface Superseding extends Pick<Plan, 'searchAttributes'>, Carried {
  readonly superseding: true;
  /** The last `ENDS_LIMIT`, oldest first. */
  readonly ends: readonly VersionEnd[];
  /** The run goes on with this wait and the same request: the history of the run before it has grown large. Absent: it goes on with a newer version. */
  readonly waited?: Waited;
}

/** The workflow's result. If the change was not made, the workflow fails with a typed error instead. */
export interface GatewayResult extends GatewayVersion {
  readonly outcome: SuccessWord;
  /** The version ended in an earlier run. This run touched nothing. */
  readonly alreadyEnded: boolean;
  /** What this run saw on the routers. Absent: it touched nothing, so it looked at nothing. */
  readonly routers?: Readonly<Record<Role, { readonly id: string; readonly vrrp: string | null }>>;
  /** The router on which the removal is owed, or was dropped because the router is retired. Absent: none. */
  readonly owed?: OwedRemoval;
  /** How the versions ended that this workflow worked on before, oldest first. Absent: there were none. */
  readonly ends?: readonly VersionEnd[];
}

export interface OwedRemoval {
  /** Id of the `edge_router` record. */
  readonly router: string;
  readonly name: string;
  readonly is: 'owed' | 'dropped';
}
