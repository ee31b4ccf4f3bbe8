/** The records under `/config`: references to them, their versions, and the schemas of their fields. */

/** Names one resource: `{ type: 'ha_router', id: 'f01e…' }`. */
export interface ResourceRef {
  readonly type: string;
  readonly id: string;
}

/**
 * A reference to the record of an edge router. `edge_router` is the only resource type that the program knows by name, because all gateways are about
 * edge routers.
 */
export function edgeRouter(id: string): ResourceRef {
  return { type: 'edge_router', id };
}

/** One gateway, whatever its version. */
export interface GatewayRef {
  /** Its kind, as in `/config/v2.0/<kind>s/`: `vpn_gateway`. */
  readonly resourceType: string;
  readonly resourceId: string;
}

/** One gateway at one version of its configuration: the unit of work of the saga. */
export interface GatewayVersion extends GatewayRef {
  /** As in the configuration's envelope: 1 on creation, one more per update. */
  readonly version: number;
}

export function isSameGateway(one: GatewayRef | undefined, other: GatewayRef): boolean {
  return one?.resourceType === other.resourceType && one.resourceId === other.resourceId;
}

/** A resource's record as read from etcd. In etcd its `body` may be encoded in either of two ways. */
export interface ResourceRecord {
  readonly ref: ResourceRef;
  readonly body: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly markedForDeletion: boolean;
  /** etcd's `mod_revision` of the key. A write that relies on this record compares it. */
  readonly modRevision: string;
}

/** The fields of a record's body, by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** Nothing stands under the resource's key. */
export interface Missing {
  readonly kind: 'missing';
}

/** Something stands there, but it is not a resource's record. */
export interface Malformed {
  readonly kind: 'malformed';
  /** For a person: what was expected, and what stands there. */
  readonly reason: string;
  /** The envelope's version. Absent: it can't be read either. */
  readonly version?: number;
}

/** Outcome of reading one resource. */
export type Lookup = ResourceRecord | Missing | Malformed;

/** Whether the lookup found a record. */
export function isRecord(lookup: Lookup): lookup is ResourceRecord {
  return !('kind' in lookup);
}

/** The part that a router of the pair plays for one gateway. */
export type Role = 'primary' | 'secondary';
export const ROLES: readonly Role[] = ['primary', 'secondary'];

/** What a field must hold. Unknown fields are kept and ignored. */
export interface FieldRule {
  /**
   * `name`: one safe word for a router's configuration (no quotes, braces, semicolons, control characters …);
   * `text`: one line of printable text for a router's configuration, with blanks and other signs than these; `configuration`: free Junos text;
   * `vlan`: 1–4094, as a number or a decimal string; `vlan-ranges`: `"0-1024,4094"`;
   * `string` and `integer`: anything of that JSON type; `host`: a name or address to connect to; `port`: 1–65535;
   * `ipv4`, `ipv6`: an address; `prefix`: an address with its length; `address`: either of them, with or without a length;
   * `object`: named members; `list`: objects with the same fields.
   */
  readonly type:
    | 'string'
    | 'integer'
    | 'name'
    | 'text'
    | 'configuration'
    | 'vlan'
    | 'vlan-ranges'
    | 'host'
    | 'port'
    | 'ipv4'
    | 'ipv6'
    | 'prefix'
    | 'address'
    | 'object'
    | 'list';
  readonly required?: boolean;
  /** The field is required if another field of the same record has this value. */
  readonly requiredIf?: { readonly field: string; readonly is: string };
  /** The only strings that are accepted. */
  readonly values?: readonly string[];
  /** For an `integer`: the least value that is accepted. */
  readonly minimum?: number;
  /** For an `integer`: the greatest value that is accepted. */
  readonly maximum?: number;
  /** For an `object`: its members. */
  readonly members?: Readonly<Record<string, FieldRule>>;
  /** For a `list`: the fields of each entry. */
  readonly entries?: ResourceSchema;
  /** The field holds the id of a resource of this type. */
  readonly refersTo?: string;
  /** The value is never shown, and enters no workflow's history. Templates can write a secret of the gateway's own record, and no other secret. */
  readonly secret?: boolean;
  /** For a `vlan`: the field that refers to the resource whose `restricted_vlans` forbid some values. */
  readonly restrictedBy?: string;
}

export interface ResourceSchema {
  readonly fields: Readonly<Record<string, FieldRule>>;
}

/** Names of the fields whose values nobody may see. */
export function secretFieldsOf({ fields }: ResourceSchema): string[] {
  return Object.keys(fields).filter((field) => fields[field]?.secret);
}

/** Schemas by resource type. */
export type Schemas = ReadonlyMap<string, ResourceSchema>;

/** The collection's name in etcd keys: `vpn_gateway` → `vpn_gateways`. */
export function pluralOf(resourceType: string): string {
  return `${resourceType}s`;
}

/** The one workflow id that a gateway may have. */
export function workflowIdOf(gateway: {
  readonly resourceType: string;
  readonly resourceId: string;
}): string {
  return `${gateway.resourceType}:${gateway.resourceId}`;
}
