/** The parts of a kind as data, checked strictly: unknown fields, references to nowhere and mistyped values are refused. */
import type { JobTemplate, Kind, Mapping, MonitorRule } from '../gateway/kind.ts';
import { ROLES, type FieldRule, type ResourceSchema } from '../gateway/resource.ts';
import { entries, fields, given, list, oneOf, text, wrong, type Spot } from './shape.ts';

const identifier = /^[a-z][a-z0-9_]{0,62}$/;
const expectedIdentifier = 'lower-case letters, digits and underscores';
/** A name of the data model: a resource type, a field, a parameter. */
export const word = (spot: Spot): string => text(spot, identifier, expectedIdentifier);

const fieldTypes = [
  'string',
  'integer',
  'name',
  'text',
  'configuration',
  'vlan',
  'vlan-ranges',
  'host',
  'port',
] as const satisfies readonly FieldRule['type'][];

export function schemaOf(spot: Spot): ResourceSchema {
  const rules = entries(fields(spot, ['fields']).fields).map(
    ([name, rule]) => [checkedName(name, rule), ruleOf(rule)] as const,
  );
  const schema = { fields: Object.fromEntries(rules) };
  for (const [name, { restrictedBy }] of rules) {
    if (restrictedBy !== undefined && schema.fields[restrictedBy]?.refersTo === undefined) {
      throw wrong(
        { ...spot, field: `${spot.field}.fields.${name}.restrictedBy` },
        'a reference field of this kind',
        restrictedBy,
      );
    }
  }
  return schema;
}

function checkedName(name: string, at: Spot): string {
  return word({ ...at, value: name });
}

function ruleOf(spot: Spot): FieldRule {
  const { type, required, refersTo, secret, restrictedBy } = fields(spot, [
    'type',
    'required',
    'refersTo',
    'secret',
    'restrictedBy',
  ]);
  const target = given(refersTo);
  const link = given(restrictedBy);
  return {
    type: oneOf(type, fieldTypes),
    ...flagOf('required', required),
    ...(target === undefined ? {} : { refersTo: word(target) }),
    ...flagOf('secret', secret),
    ...(link === undefined ? {} : { restrictedBy: word(link) }),
  };
}

function flagOf<Name extends string>(name: Name, spot: Spot): Partial<Record<Name, boolean>> {
  if (spot.value === undefined) return {};
  if (typeof spot.value !== 'boolean') throw wrong(spot, 'true or false');
  return { [name]: spot.value } as Record<Name, boolean>;
}

export function mappingsOf(spot: Spot, schema: ResourceSchema): JobTemplate['mappings'] {
  return Object.fromEntries(
    entries(spot).map(([name, mapping]) => [checkedName(name, mapping), mappingOf(mapping, schema)]),
  );
}

function mappingOf(spot: Spot, schema: ResourceSchema): Mapping {
  const { field, constant, concat, path } = fields(spot, ['field', 'constant', 'concat', 'path']);
  const present = [field, constant, concat, path].filter((form) => form.value !== undefined);
  if (path.value !== undefined && present.length === 2)
    return { path: walk(path, schema), field: word(field) };
  if (present.length !== 1) throw wrong(spot, 'one of field, constant, concat, or path with field');
  if (concat.value !== undefined) return { concat: list(concat).map((part) => mappingOf(part, schema)) };
  if (constant.value !== undefined) return { constant: constantOf(constant) };
  if (field.value === undefined) throw wrong(spot, 'one of field, constant, concat, or path with field');
  if (schema.fields[word(field)] === undefined) throw wrong(field, "a field of the kind's schema");
  return { field: word(field) };
}

function constantOf(spot: Spot): string | number | null {
  const { value } = spot;
  if (value === null || typeof value === 'string' || Number.isSafeInteger(value))
    return value as string | number | null;
  throw wrong(spot, 'a string, an integer or null');
}

/**
 * The first field of a path must be a reference field of the gateway. The other fields are checked when a gateway is planned, because the
 * records that they belong to are known only then.
 */
function walk(spot: Spot, schema: ResourceSchema): string[] {
  const path = list(spot);
  const [first] = path;
  if (first === undefined) throw wrong(spot, 'at least one reference field', 'an empty list');
  if (schema.fields[word(first)]?.refersTo === undefined)
    throw wrong(first, 'a reference field of this kind');
  return path.map(word);
}

export function routersOf(spot: Spot, schema: ResourceSchema): Kind['routers'] {
  const given = fields(spot, ROLES);
  return { primary: walk(given.primary, schema), secondary: walk(given.secondary, schema) };
}

/** Most monitors of a kind. What was seen of each travels from the saga to its pair. */
export const MONITORS_LIMIT = 16;

export function monitorsOf(spot: Spot): MonitorRule[] {
  const given = list(spot);
  if (given.length > MONITORS_LIMIT)
    throw wrong(spot, `at most ${MONITORS_LIMIT} monitors`, `${given.length}`);
  const rules = given.map((rule): MonitorRule => {
    const { name, interface: unit, counters } = fields(rule, ['name', 'interface', 'counters']);
    if (unit.value === undefined && counters.value === undefined)
      throw wrong(rule, 'an interface or counters to look at', 'neither');
    return {
      name: word(name),
      ...(unit.value === undefined ? {} : { interface: text(unit) }),
      ...(counters.value === undefined ? {} : { counters: list(counters).map(counterOf) }),
    };
  });
  const twice = rules.find(({ name }, at) => rules.findIndex((rule) => rule.name === name) !== at);
  if (twice !== undefined) throw wrong(spot, 'each name once', `'${twice.name}' twice`);
  return rules;
}

function counterOf(spot: Spot): { readonly filter: string; readonly counter: string } {
  const { filter, counter } = fields(spot, ['filter', 'counter']);
  return { filter: text(filter), counter: text(counter) };
}

/**
 * Most stanzas that a gateway may own on a router. Registering compares the claims of both routers, old and new ones, in one transaction,
 * and etcd takes 128 comparisons.
 */
const OWNS_LIMIT = 30;

export function ownsOf(spot: Spot): string[] {
  const owns = list(spot).map((owned) => text(owned));
  if (owns.length === 0) throw wrong(spot, 'at least one owned stanza', 'an empty list');
  if (owns.length > OWNS_LIMIT) throw wrong(spot, `at most ${OWNS_LIMIT} owned stanzas`, `${owns.length}`);
  return owns;
}
