/**
 * A kind of gateway as data: everything the code needs to know of `vpn_gateway` or of a kind added tomorrow.
 * It lives in a folder under `templates/`, or published in etcd as two heat templates; both forms give the same digest.
 */
import type { ResourceSchema, Role, Schemas } from './resource.ts';

/**
 * Where the value of one job parameter comes from. A hop of a path may have fields of the gateway's own record in braces:
 * `{service_type}_gw_id`.
 */
export type Mapping =
  /** A field of the gateway itself, or a member of it. Within `each`: of the entry. */
  | { readonly field: string; readonly member?: string }
  /** The same value for every gateway. */
  | { readonly constant: string | number | null }
  /** Strings and numbers joined: `"FILTER_"` + a policer's name. `null` if any part is `null`. */
  | { readonly concat: readonly Mapping[] }
  | FieldOfAnother
  /** The id in a reference field. The value counts as read through the resource with that id. */
  | { readonly reference: string }
  | {
      readonly if: { readonly field: string; readonly is: string };
      readonly then: Mapping;
      readonly else: Mapping;
    }
  /** A list: for each entry of a list field, of the gateway itself or at the end of a path, the mapping within the entry's fields. */
  | { readonly each: string; readonly value: Mapping; readonly path?: readonly string[] }
  /** The version of the gateway's record. */
  | { readonly record: 'version' };

/** A field of another record. `path`: the reference fields that lead there, the first of them the gateway's. */
export interface FieldOfAnother {
  readonly path: readonly string[];
  readonly field: string;
  readonly member?: string;
  /** A reference that is not given, or leads to nothing, makes the value `""`. */
  readonly ignoreMissing?: boolean;
}

/** What a job's record asks for. */
export type JobAction = 'create' | 'modify' | 'delete' | 'logical_delete';
/** What becomes of the later jobs if this one fails. `fail`: they are not made. `ignore`: they are made all the same. */
export type OnFailure = 'fail' | 'ignore';

/** One of the jobs of a kind: the handler of its record, and where its parameters come from. */
export interface JobTemplate {
  /** Id under `/config/v2.0/heat_templates/`. */
  readonly id: string;
  /** Absent: `heat_worker` or `monitoring_worker`. */
  readonly handler?: string;
  readonly mappings: Readonly<Record<string, Mapping>>;
  /** The `on_failure` of its records, by their action, where it is not the usual one. */
  readonly onFailure?: Readonly<Partial<Record<JobAction, OnFailure>>>;
}

/**
 * One entry of `state_monitoring` (`downlink`, `uplink`); with `each`, one for each entry of a list. The entry's word is written once everything that
 * the rule names was seen on its routers. The strings are templates.
 */
export interface MonitorRule {
  readonly name: string;
  /** The only router to look at. Absent: both. */
  readonly role?: Role;
  /** A list parameter: one monitor for each entry. The templates see the entry as `this`. */
  readonly each?: string;
  readonly word?: string;
  /**
   * Template for the name of a logical interface. It must be up; if its effective configuration has VRRP groups, they must be MASTER on the
   * primary and BACKUP on the secondary router.
   */
  readonly interface?: string;
  /** Templates for counters that must exist in firewall filters. */
  readonly counters?: readonly { readonly filter: string; readonly counter: string }[];
  readonly vrrp?: { readonly interface: string; readonly group: string };
  readonly bgp?: { readonly instance: string; readonly peer: string };
  readonly route?: { readonly instance: string; readonly destination: string };
}

/**
 * Templates see parameters by name. A parameter with a role in its name (`primary_device_ip`, `counter_name_in_primary`) belongs to that role. Only that
 * role's rendering sees it, under its name without the role: `device_ip`, `counter_name_in`. Of the secret parameters, templates see only those of the
 * gateway's own record, and only as `{{secret name}}`.
 */
export interface Kind extends Variant {
  /** 2: the kind uses what format 1 does not have. Absent: 1. */
  readonly format?: 2;
  readonly resourceType: string;
  /** Fields of the gateway's own record. */
  readonly schema: ResourceSchema;
}

/** What a kind does: the same for all its gateways, or for all those with the same value of one field. */
export interface Variant {
  readonly provisioning: JobTemplate;
  /** Absent: each action has one job only, and the routers are not looked at. */
  readonly monitoring?: JobTemplate;
  /** Reference fields from the gateway to each of its edge routers. */
  readonly routers: Readonly<Record<Role, readonly string[]>>;
  /** Handlebars: Junos text to merge. */
  readonly create: string;
  /** Handlebars: set commands to load after `create` (`insert … before …`). They may render to nothing. */
  readonly arrange: string;
  /** Handlebars: set commands that delete exactly what `owns` names. */
  readonly remove: string;
  /** Handlebars, each line one path in words: `interfaces {{device_physical_downlink_interface}} unit {{downlink_vlan}}`. */
  readonly owns: readonly string[];
  readonly monitors: readonly MonitorRule[];
}

/** A kind whose gateways differ by the value of a field. */
export interface VariedKind extends Pick<Kind, 'format' | 'resourceType' | 'schema'> {
  readonly variants: {
    /** A required field with `values`. */
    readonly by: string;
    /** Each value of the field belongs to exactly one of the variants. */
    readonly of: readonly (Variant & { readonly values: readonly string[] })[];
  };
}

/** A kind as it is loaded. */
export type AnyKind = Kind | VariedKind;

/** The kind for a gateway with this body. `undefined`: the field that chooses the variant has none of the values. */
export function kindFor(kind: AnyKind, body: Readonly<Record<string, unknown>>): Kind | undefined {
  if (!('variants' in kind)) return kind;
  const value = Object.hasOwn(body, kind.variants.by) ? body[kind.variants.by] : undefined;
  const found = kind.variants.of.findIndex(({ values }) => values.some((one) => one === value));
  return kindsOf(kind)[found];
}

const ofVaried = new WeakMap<VariedKind, readonly Kind[]>();

/** A kind for each variant, in the order of the variants. There is at least one. Repeated calls return the same objects. */
export function kindsOf(kind: AnyKind): readonly [Kind, ...Kind[]] {
  if (!('variants' in kind)) return [kind];
  const { variants, ...common } = kind;
  const variantOf = (of: VariedKind['variants']['of'][number]): Kind => {
    const { values: _, ...variant } = of;
    return { ...common, ...variant };
  };
  const known = ofVaried.get(kind) ?? variants.of.map(variantOf);
  ofVaried.set(kind, known);
  return known as [Kind, ...Kind[]];
}

/** A kind, the place where it was found, and its digest (`sha256:…` over a canonical form of its content). */
export interface LoadedKind<K extends AnyKind = AnyKind> {
  readonly kind: K;
  readonly source: 'etcd' | 'folder';
  readonly digest: string;
  /** Ids of published templates that gateway-saga did not publish, so that the folder's kind is used instead. Absent: none. */
  readonly leftAlone?: readonly string[];
}

/** Kinds by resource type, and the schemas of what they refer to. */
export interface Kinds extends ReadonlyMap<string, LoadedKind> {
  /** The schemas of the types that have no kind. */
  readonly neighbours: Schemas;
}

/** The schemas of the neighbours and of the kinds: a gateway may refer to another one. */
export function schemasOf(kinds: Kinds): Schemas {
  const ofKinds = [...kinds].map(([type, { kind }]) => [type, kind.schema] as const);
  return new Map([...kinds.neighbours, ...ofKinds]);
}

/** One entry of a job's `params`, with its origin. */
export interface Parameter {
  readonly name: string;
  readonly value: Value | readonly Value[];
  /** The resources that lead from the gateway to the value, in order, without the gateway itself. */
  readonly resources: readonly { readonly resource_type: string; readonly resource_id: string }[];
  readonly secret: boolean;
  /** The secret comes from the gateway's own record alone, so templates may write it. Absent: it does not, or the value is no secret. */
  readonly own?: boolean;
}

/** One value of a parameter. */
export type Value = string | number | null;

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
