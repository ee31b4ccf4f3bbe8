/** What a saga carries from step to step. Versions, digests and names; never a secret, never configuration text. */
import type { FailureType } from './failures.ts';
import type { ChangeLimits } from './policies.ts';
import type { GatewayVersion, ResourceRef, Role } from './resource.ts';

export interface PlannedRouter {
  readonly role: Role;
  /** Id of the `edge_router` record. */
  readonly id: string;
  readonly name: string;
}

/** The result of planning, as it stands in the workflow's history. */
export interface Plan {
  readonly gateway: GatewayVersion;
  /** Id of this run, by which etcd and the pair know it. Unlike Temporal's run id it survives a reset. */
  readonly run: string;
  readonly name: string;
  readonly tenant: string | null;
  /** `mod_revision` of the gateway's configuration. Every write before the terminal one compares it. */
  readonly configRevision: string;
  readonly routers: Readonly<Record<Role, PlannedRouter>>;
  readonly kind: { readonly source: 'etcd' | 'folder'; readonly digest: string };
  /** sha256 of each router's rendered configuration. */
  readonly digests: Readonly<Record<Role, string>>;
  readonly jobs: { readonly provisioning: string; readonly monitoring: string };
  readonly monitors: readonly string[];
  /** By the policy of the worker that planned. They hold for the whole change, whatever the policies of other workers are. */
  readonly limits: ChangeLimits;
  /** All records under `/config` that the plan was made from. Registering reads them again in one request. */
  readonly recordsRead: readonly ResourceRef[];
  /** Search attributes that exist in this namespace with the right type: only these are upserted. */
  readonly searchAttributes: readonly string[];
}

/** Outcome of planning. The saga goes on only if it is `planned`. */
export type PlanOutcome =
  { readonly kind: 'planned'; readonly plan: Plan } | (Unplanned & Pick<Plan, 'searchAttributes'>);

export type Unplanned =
  /** `/state` carries this version already: nothing is touched. */
  | { readonly kind: 'ended'; readonly ended: EndedVersion }
  /** The configuration exists but is bad: `/state` gets this reason, nothing else is written. */
  | { readonly kind: 'invalid'; readonly gateway: GatewayVersion; readonly reason: string }
  /** The request fits no configuration and version, or is not supported: nothing is written. */
  | { readonly kind: 'refused'; readonly type: FailureType; readonly reason: string };

/** A version whose outcome stands in `/state`. */
export interface EndedVersion {
  readonly gateway: GatewayVersion;
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

/** The workflow's input, as people type it. */
export interface CreateGatewayInput {
  readonly resourceType: string;
  readonly resourceId: string;
  /** Default: the version that `/config` has now. */
  readonly version?: number;
}

/** The workflow's result. If the gateway was not created, the workflow fails with a typed error instead. */
export interface CreateGatewayResult extends GatewayVersion {
  readonly outcome: 'created';
  /** The version ended in an earlier run. This run touched nothing. */
  readonly alreadyEnded: boolean;
  /** What this run saw on the routers. Absent: it touched nothing, so it looked at nothing. */
  readonly routers?: Readonly<Record<Role, { readonly id: string; readonly vrrp: string | null }>>;
}
