/**
 * A kind of gateway as data: everything the code needs to know of `vpn_gateway` or of a kind added tomorrow.
 * It lives in a folder under `templates/`, or published in etcd as two heat templates; both forms give the same digest.
 */
import type { ResourceSchema, Role } from './resource.ts';

/** Where the value of one job parameter comes from. */
export type Mapping =
  /** A field of the gateway itself. */
  | { readonly field: string }
  /** The same value for every gateway. */
  | { readonly constant: string | number | null }
  /** Strings joined: `"FILTER_"` + a policer's name. `null` if any part is `null`. */
  | { readonly concat: readonly Mapping[] }
  /** A field of another record. `path`: the reference fields that lead there, the first of them the gateway's. */
  | { readonly path: readonly string[]; readonly field: string };

/** One of the two jobs of a kind: the handler of its record, and where its parameters come from. */
export interface JobTemplate {
  /** Id under `/config/v2.0/heat_templates/`. */
  readonly id: string;
  readonly handler: 'heat_worker' | 'monitoring_worker';
  readonly mappings: Readonly<Record<string, Mapping>>;
}

/** One entry of `state_monitoring` (`downlink`, `uplink`). It is `ACTIVE` once its interface and its counters were seen on both routers. */
export interface MonitorRule {
  readonly name: string;
  /**
   * Template for the name of a logical interface. It must be up; if its effective configuration has VRRP groups, they must be MASTER on the
   * primary and BACKUP on the secondary router.
   */
  readonly interface?: string;
  /** Templates for counters that must exist in firewall filters. */
  readonly counters?: readonly { readonly filter: string; readonly counter: string }[];
}

/**
 * Templates see parameters by name. A parameter with a role in its name (`primary_device_ip`, `counter_name_in_primary`) belongs to that
 * role. Only that role's rendering sees it, under its name without the role: `device_ip`, `counter_name_in`. Templates never see secret
 * parameters.
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
  /** Handlebars: set commands to load after `create` (`insert … before …`). They may render to nothing. */
  readonly arrange: string;
  /** Handlebars: set commands that delete exactly what `owns` names. */
  readonly remove: string;
  /** Handlebars, each one a path in words: `interfaces {{device_physical_downlink_interface}} unit {{downlink_vlan}}`. */
  readonly owns: readonly string[];
  readonly monitors: readonly MonitorRule[];
}

/** A kind, the place where it was found, and its digest (`sha256:…` over a canonical form of its content). */
export interface LoadedKind {
  readonly kind: Kind;
  readonly source: 'etcd' | 'folder';
  readonly digest: string;
  /** Ids of published templates that gateway-saga did not publish, so that the folder's kind is used instead. Absent: none. */
  readonly leftAlone?: readonly string[];
}

/** One entry of a job's `params`, with its origin. */
export interface Parameter {
  readonly name: string;
  readonly value: string | number | null;
  /** The resources that lead from the gateway to the value, in order, without the gateway itself. */
  readonly resources: readonly { readonly resource_type: string; readonly resource_id: string }[];
  readonly secret: boolean;
}

/** The rendered configuration of one gateway for one router. */
export interface RouterConfiguration {
  /** Junos text, loaded with action `merge`. */
  readonly create: string;
  /** Set commands loaded after `create`. */
  readonly arrange: readonly string[];
  /** Set commands that remove all stanzas in `owns`. */
  readonly remove: readonly string[];
  /** Paths of the stanzas that the gateway owns on the router, in words from the top of the configuration. */
  readonly owns: readonly (readonly string[])[];
  readonly monitors: readonly Monitor[];
}

/** What has to be seen on one router before the gateway counts as working there. All that is named must be as promised. */
export interface Monitor {
  readonly name: string;
  /** The word in `state_monitoring` once it was seen as promised. Absent: `ESTABLISHED` if it looks at BGP, otherwise `ACTIVE`. */
  readonly word?: string;
  /** A logical interface that must be up. Every VRRP group that the gateway has there must have the state of its router's role. */
  readonly interface?: string;
  readonly counters: readonly { readonly filter: string; readonly counter: string }[];
  /** One VRRP group of a logical interface: MASTER on the primary router, BACKUP on the secondary one. */
  readonly vrrp?: { readonly interface: string; readonly group: number };
  /** A BGP session in a routing instance, with the peer at this address: Established. */
  readonly bgp?: { readonly instance: string; readonly peer: string };
  /** A route in a routing instance's table: there, and active. */
  readonly route?: { readonly instance: string; readonly destination: string };
}
