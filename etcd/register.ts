import type { JobRecord } from '../gateway/records.ts';
import type { NewPlanRecord, PlanRecord } from './plan-record.ts';
import type { StateFacts } from './state.ts';

export interface RegisterRequest {
  /** `mod_revision` of the configuration that was planned from. */
  readonly configRevision: string;
  /** The two job records; each carries its own key's id. */
  readonly jobs: readonly JobRecord[];
  /** The claims are the stanzas that its routers' configurations own. */
  readonly planRecord: NewPlanRecord;
}

export type RegisterOutcome =
  | { readonly kind: 'registered' }
  /** The configuration was put again at the same version: plan again. */
  | { readonly kind: 'moved'; readonly configRevision: string }
  /** The configuration's version moved on (`null`: vanished, or unreadable). */
  | { readonly kind: 'superseded'; readonly version: number | null }
  /** `/state` carries this version or a newer one. */
  | { readonly kind: 'settled'; readonly state: StateFacts }
  /** Another gateway claims a stanza on one of the routers. */
  | {
      readonly kind: 'clash';
      readonly routerId: string;
      readonly stanza: readonly string[];
      readonly holder: { readonly resourceType: string; readonly resourceId: string };
    }
  /** An earlier plan of this gateway, of another version or with other stanzas, may still stand on routers: remove it first. */
  | { readonly kind: 'leftover'; readonly record: PlanRecord };
