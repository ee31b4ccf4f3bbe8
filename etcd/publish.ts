import type { GatewayVersion, Role } from '../gateway/resource.ts';
import type { StateFacts } from './state.ts';

export type PublishedOutcome =
  | {
      readonly kind: 'created';
      /** `state_monitoring`: `{ downlink: 'ACTIVE' }`, in the kind's order. */
      readonly words: Readonly<Record<string, string>>;
      /** VRRP's state per router. `/monitoring` is written when both are known. */
      readonly vrrp: Readonly<Record<Role, string | null>>;
    }
  | {
      readonly kind: 'failed';
      /** For a person. Cut to one line of at most 500 characters. */
      readonly error: string;
      /** This run had registered: its job records get their retention, and `heat_stacks` the reason. */
      readonly registered: boolean;
      /** Both routers are known to be without the gateway: claims and plan record go. */
      readonly clean: boolean;
    };

export interface PublishRequest {
  readonly gateway: GatewayVersion;
  readonly run: string;
  readonly outcome: PublishedOutcome;
  /** How long job records and `job_state` stay readable, in seconds. */
  readonly retentionSeconds: number;
}

export type PublishOutcome =
  | { readonly kind: 'published' }
  /** This version, or a newer one, stands in `/state`; nothing was overwritten. */
  | { readonly kind: 'already'; readonly state: StateFacts }
  /** Created, but the configuration's version moved on or vanished; or another run took over. Nothing was written. */
  | { readonly kind: 'superseded'; readonly version: number | null };
