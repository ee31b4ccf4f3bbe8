/**
 * A kind of gateway as data: everything the code needs to know of `vpn_gateway` or of a kind added tomorrow.
 * It lives in a folder under `templates/`, or published in etcd as two heat templates; both forms give the same digest.
 */
import type { ResourceSchema, Role } from './resource.ts';

/** How one job parameter comes to its value. */
export type Mapping =
  /** A field of the gateway itself. */
  | { readonly field: string }
  /** The same value for every gateway. */
  | { readonly constant: string | number | null }
  /** Strings joined: `"FILTER_"` + a policer's name. `null` if any part is `null`. */
  | { readonly concat: readonly Mapping[] }
  /** The field at the end of a walk along reference fields, the first of them the gateway's. */
  | { readonly path: readonly string[]; readonly field: string };

/** One of the two jobs of a kind: which record it becomes and how its parameters are found. */
export interface JobTemplate {
  /** Id under `/config/v2.0/heat_templates/`. */
  readonly id: string;
  readonly handler: 'heat_worker' | 'monitoring_worker';
  readonly mappings: Readonly<Record<string, Mapping>>;
}

/** One word in `state_monitoring` (`downlink`, `uplink`) and what must be seen on each router for it to be `ACTIVE`. */
export interface MonitorRule {
  readonly name: string;
  /** A template for a logical interface: up, and MASTER/BACKUP where its effective configuration has VRRP groups. */
  readonly interface?: string;
  /** Templates for counters that must exist in firewall filters. */
  readonly counters?: readonly { readonly filter: string; readonly counter: string }[];
}

/**
 * Templates see parameters by name. A parameter that belongs to one role (`primary_device_ip`, `counter_name_in_primary`) is seen
 * by that role's rendering only, without the word: `device_ip`, `counter_name_in`. Secret parameters are not seen at all.
 */
export interface Kind {
  readonly resourceType: string;
  /** Fields of the gateway's own record. */
  readonly schema: ResourceSchema;
  readonly provisioning: JobTemplate;
  readonly monitoring: JobTemplate;
  /** Reference fields from the gateway to each of its edge routers. */
  readonly routers: Readonly<Record<Role, readonly string[]>>;
  /** Handlebars: Junos text to merge. */
  readonly create: string;
  /** Handlebars: set commands to load after it (`insert … before …`); may render to nothing. */
  readonly arrange: string;
  /** Handlebars: set commands that delete exactly what `owns` names. */
  readonly remove: string;
  /** Handlebars, each one a path in words: `interfaces {{device_physical_downlink_interface}} unit {{downlink_vlan}}`. */
  readonly owns: readonly string[];
  readonly monitors: readonly MonitorRule[];
}

/** A kind together with where it was found and its digest (`sha256:…` over a canonical form of its content). */
export interface LoadedKind {
  readonly kind: Kind;
  readonly source: 'etcd' | 'folder';
  readonly digest: string;
}

/** One entry of a job's `params`, with what must be known of it besides. */
export interface Parameter {
  readonly name: string;
  readonly value: string | number | null;
  /** Every resource the value was read through, in the order walked, without the gateway itself. */
  readonly resources: readonly { readonly resource_type: string; readonly resource_id: string }[];
  readonly secret: boolean;
}

/** What one router is to carry for one gateway. */
export interface RouterConfiguration {
  /** Junos text, loaded with action `merge`. */
  readonly create: string;
  /** Set commands loaded after `create`. */
  readonly arrange: readonly string[];
  /** Set commands that take it all away again. */
  readonly remove: readonly string[];
  /** The stanzas this gateway owns there, as words from the top. */
  readonly owns: readonly (readonly string[])[];
  readonly monitors: readonly {
    readonly name: string;
    readonly interface?: string;
    readonly counters: readonly { readonly filter: string; readonly counter: string }[];
  }[];
}
