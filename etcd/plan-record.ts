import type { RouterConfiguration } from '../gateway/kind.ts';
import type { GatewayVersion, Role } from '../gateway/resource.ts';

/** What one router is to carry, and which router that is. */
export interface RecordedRouter {
  /** Id of the `edge_router` record. */
  readonly id: string;
  readonly configuration: RouterConfiguration;
}

/** What a saga registers about itself. Holds no secret. */
export interface NewPlanRecord {
  readonly gateway: GatewayVersion;
  /** Token of the run that owns the record. Fixed in the workflow's history, so that it survives a reset. */
  readonly run: string;
  readonly tenant: string | null;
  readonly jobs: { readonly provisioning: string; readonly monitoring: string };
  readonly kind: { readonly source: 'etcd' | 'folder'; readonly digest: string };
  readonly routers: Readonly<Record<Role, RecordedRouter>>;
}

/** `/gateway-saga/plans/<plural>/<id>`: what may stand on the routers for one gateway, and who may still change it. */
export interface PlanRecord extends NewPlanRecord {
  /** The number of the last attempt begun or voided. Whoever holds an older one may commit nothing. */
  readonly attempt: number;
  /** Routers on which a commit was permitted since they were last seen without the gateway. */
  readonly mayCarry: readonly Role[];
}

export type BeginOutcome =
  | { readonly kind: 'begun'; readonly record: PlanRecord }
  /** The configuration's version moved on (`null`: vanished, or unreadable). */
  | { readonly kind: 'superseded'; readonly version: number | null }
  /** There is no plan record of this version and run. */
  | { readonly kind: 'void' };
