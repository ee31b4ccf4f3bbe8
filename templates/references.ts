/**
 * Checks what the parts of a kind say of each other, and of the records around it. A path is followed through the schemas, for each combination of values
 * that the fields in its braces may have: each hop must be a reference field of a known type, and the last field must exist.
 */
import type { AnyKind, Kind, Mapping, MonitorRule, Variant } from '../gateway/kind.ts';
import { kindsOf } from '../gateway/kind.ts';
import { expandedHop, fieldsIn, possibilitiesOf } from '../gateway/hops.ts';
import { ROLES } from '../gateway/resource.ts';
import type { ResourceSchema, Schemas } from '../gateway/resource.ts';
import { checkCondition, checkSchema, ownRule } from './record-schema.ts';
import { under, wrong, type Location } from './shape.ts';
import { mayBeList } from './uses.ts';

/** Where each part of a variant stands. The messages name it. */
export interface PlacesOfVariant {
  readonly provisioning: Location;
  readonly monitoring: Location;
  readonly routers: Location;
  readonly monitors: Location;
}

/** Where each part of a kind stands. */
export interface PlacesOfKind {
  readonly schema: Location;
  readonly variants: Location;
  /** One for each variant, or one for the whole kind. */
  readonly of: readonly PlacesOfVariant[];
}

type Narrowed = ReadonlyMap<string, readonly string[]>;

/** Where a mapping is: in the gateway's own fields, or in those of an entry of a list. */
interface Scope {
  readonly kind: Pick<Kind, 'schema'>;
  readonly fields: ResourceSchema['fields'];
  /** By field of the gateway: the only values that the field can have here. A field that is not in it may have any of its values. */
  readonly narrowed: Narrowed;
  /** `undefined`: what other records have is checked when a gateway is planned. */
  readonly schemas: Schemas | undefined;
  /** Collects the types of all records that paths lead through, the last ones included. */
  readonly passed: Set<string>;
}

/**
 * Checks a kind whose parts have their form already. Throws a `KindError` that names the place.
 * @param schemas of all that it may refer to. Absent: these are known only when a gateway is planned
 * @returns the types of the records that its parameters and routers are read through
 */
export function checkReferences(kind: AnyKind, places: PlacesOfKind, schemas?: Schemas): ReadonlySet<string> {
  checkSchema(kind.schema, places.schema);
  if (schemas !== undefined) checkTypes(kind.schema, schemas, places.schema);
  if ('variants' in kind) checkVariants(kind, places.variants);
  const passed = new Set<string>();
  for (const [at, variant] of kindsOf(kind).entries()) {
    const narrowed: Narrowed =
      'variants' in kind ? new Map([[kind.variants.by, kind.variants.of[at]?.values ?? []]]) : new Map();
    const scope = { kind, fields: kind.schema.fields, narrowed, schemas, passed };
    const at_ = places.of[at];
    if (at_ !== undefined) checkVariant(variant, scope, at_);
  }
  return passed;
}

/** Every reference of a schema is to a type that is known. */
export function checkTypes({ fields }: ResourceSchema, schemas: Schemas, place: Location): void {
  for (const [name, { refersTo, entries }] of Object.entries(fields)) {
    const at = under(place, 'fields', name);
    if (refersTo !== undefined && !schemas.has(refersTo))
      throw wrong(under(at, 'refersTo'), `one of ${[...schemas.keys()].sort().join(', ')}`, `'${refersTo}'`);
    if (entries !== undefined) checkTypes(entries, schemas, under(at, 'entries'));
  }
}

function checkVariants({ schema, variants }: Extract<AnyKind, { variants: unknown }>, place: Location): void {
  const { by, of } = variants;
  const rule = ownRule(schema.fields, by);
  if (rule?.values === undefined || rule.required !== true)
    throw wrong(under(place, 'by'), 'a required field with values', `'${by}'`);
  const taken = of.flatMap(({ values }, at) => values.map((value) => ({ value, at })));
  for (const [index, { value, at }] of taken.entries()) {
    const values = under(place, 'of', at, 'values');
    if (!rule.values.includes(value)) throw wrong(values, `values of the field '${by}'`, `'${value}'`);
    if (taken.findIndex((other) => other.value === value) !== index)
      throw wrong(values, 'each value in one variant', `'${value}' again`);
  }
  const left = rule.values.find((value) => !taken.some((one) => one.value === value));
  if (left !== undefined) throw wrong(under(place, 'of'), `a variant for '${left}'`, 'none');
}

function checkVariant(variant: Variant, scope: Scope, places: PlacesOfVariant): void {
  checkMappings(variant.provisioning.mappings, scope, places.provisioning);
  checkMappings(variant.monitoring?.mappings ?? {}, scope, places.monitoring);
  for (const role of ROLES) followed(variant.routers[role], scope, under(places.routers, role));
  if (variant.monitoring === undefined && variant.monitors.length > 0)
    throw wrong(places.monitors, 'none without monitoring', `${variant.monitors.length}`);
  checkMonitors(variant.monitors, places.monitors);
}

function checkMappings(mappings: Readonly<Record<string, Mapping>>, scope: Scope, place: Location): void {
  for (const [name, mapping] of Object.entries(mappings)) checkMapping(mapping, scope, under(place, name));
}

function checkMapping(mapping: Mapping, scope: Scope, place: Location): void {
  if ('constant' in mapping || 'record' in mapping) return;
  if ('concat' in mapping)
    for (const [at, part] of mapping.concat.entries()) checkMapping(part, scope, under(place, 'concat', at));
  else if ('if' in mapping) checkChoice(mapping, scope, place);
  else if ('each' in mapping) checkEach(mapping, scope, place);
  else if ('reference' in mapping) followed([mapping.reference], scope, under(place, 'reference'));
  else if ('path' in mapping)
    for (const schema of followed(mapping.path, scope, under(place, 'path')))
      checkField(mapping, schema.fields, `of ${schema.type}`, place);
  else checkField(mapping, scope.fields, "of the kind's schema", place);
}

function checkChoice(mapping: Extract<Mapping, { if: unknown }>, scope: Scope, place: Location): void {
  const { field, is } = mapping.if;
  checkCondition(mapping.if, scope.fields, under(place, 'if'));
  const isOwn = scope.fields === scope.kind.schema.fields;
  const values = isOwn ? (scope.narrowed.get(field) ?? ownRule(scope.fields, field)?.values) : undefined;
  for (const branch of ['then', 'else'] as const) {
    const left = values?.filter((value) => (value === is) === (branch === 'then'));
    const narrowed = left === undefined ? scope.narrowed : new Map([...scope.narrowed, [field, left]]);
    // A branch that no gateway takes here need not fit.
    if (left?.length !== 0) checkMapping(mapping[branch], { ...scope, narrowed }, under(place, branch));
  }
}

function checkEach(
  { path, each, value }: Extract<Mapping, { each: unknown }>,
  scope: Scope,
  place: Location,
): void {
  const own = { type: "the kind's schema", fields: scope.fields };
  if (mayBeList(value)) throw wrong(under(place, 'value'), 'one value for each entry', 'a list');
  for (const { type, fields } of path === undefined ? [own] : followed(path, scope, under(place, 'path'))) {
    const { entries } = ownRule(fields, each) ?? {};
    if (entries === undefined) throw wrong(under(place, 'each'), `a list field of ${type}`, `'${each}'`);
    checkMapping(value, { ...scope, fields: entries.fields }, under(place, 'value'));
  }
}

function checkField(
  { field, member }: { readonly field: string; readonly member?: string },
  fields: ResourceSchema['fields'],
  whose: string,
  place: Location,
): void {
  const rule = ownRule(fields, field);
  if (rule === undefined) throw wrong(under(place, 'field'), `a field ${whose}`, `'${field}'`);
  if (member !== undefined && ownRule(rule.members ?? {}, member) === undefined)
    throw wrong(under(place, 'member'), `a member of '${field}'`, `'${member}'`);
  if (member === undefined && (rule.type === 'object' || rule.type === 'list'))
    throw wrong(
      under(place, 'field'),
      'a field with one value',
      `'${field}', which is of the type ${rule.type}`,
    );
}

/** The schemas at the ends of a path. Empty: they are not known here. */
function followed(
  path: readonly string[],
  scope: Scope,
  place: Location,
): readonly { readonly type: string; readonly fields: ResourceSchema['fields'] }[] {
  for (const field of fieldsIn(path))
    if (ownRule(scope.kind.schema.fields, field)?.values === undefined)
      throw wrong(place, 'fields with values in braces', `'{${field}}'`);
  return possibilitiesOf(path, scope.kind.schema, scope.narrowed).flatMap((given) => {
    let at = { type: 'this kind', fields: scope.fields };
    for (const [index, hop] of path.entries()) {
      const field = expandedHop(hop, (name) => given.get(name)) ?? hop;
      const refersTo = ownRule(at.fields, field)?.refersTo;
      if (refersTo === undefined)
        throw wrong(under(place, index), `a reference field of ${at.type}`, `'${field}'`);
      scope.passed.add(refersTo);
      const schema = scope.schemas?.get(refersTo);
      if (schema === undefined) return [];
      at = { type: refersTo, fields: schema.fields };
    }
    return [at];
  });
}

function checkMonitors(monitors: readonly MonitorRule[], place: Location): void {
  const names = new Set<string>();
  for (const [at, { name, interface: unit, counters, vrrp, bgp, route }] of monitors.entries()) {
    if ((unit ?? counters?.[0] ?? vrrp ?? bgp ?? route) === undefined)
      throw wrong(
        under(place, at),
        'an interface, counters, vrrp, bgp or a route to look at',
        'none of them',
      );
    if (names.has(name)) throw wrong(place, 'each name once', `'${name}' twice`);
    names.add(name);
  }
}
