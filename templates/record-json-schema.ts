/**
 * JSON Schemas of the records under `/config`, for editors and CI, made from the schemas of kinds and neighbours. A record that they refuse is wrong. A
 * record that they accept may still be wrong: they know no other record, and not every rule of a name, and they don't look into a body that is JSON in a
 * string.
 */
import type { FieldRule, ResourceSchema } from '../gateway/resource.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What stands for a field that was not given. */
const ABSENT = { enum: [null, ''] } as const;

/**
 * The schema of a whole record, `{"version":…,"marked_for_deletion":…,"body":{…}}`. The body is an object, or one as JSON in a string, as the API writes it. A
 * record that is marked for deletion needs no fields.
 */
export function recordJsonSchema(type: string, schema: ResourceSchema): JsonSchema {
  const { properties, required, allOf } = objectOf(schema.fields);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `a record under /config/v2.0/${type}s/`,
    type: 'object',
    properties: {
      version: { type: 'integer', minimum: 0, description: 'One more for each change.' },
      marked_for_deletion: { type: 'boolean' },
      body: { type: ['object', 'string'], contentMediaType: 'application/json' },
    },
    required: ['version', 'body'],
    if: { properties: { marked_for_deletion: { const: false } } },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: {
      properties: {
        body: {
          properties: { id: { type: 'string', minLength: 1 }, ...properties },
          ...(required && { required }),
          ...(allOf && { allOf }),
        },
      },
    },
  };
}

function objectOf(fields: ResourceSchema['fields']): {
  readonly type: 'object';
  readonly properties?: JsonSchema;
  readonly required?: readonly string[];
  readonly allOf?: readonly JsonSchema[];
} {
  const entries = Object.entries(fields);
  const required = entries.filter(([, rule]) => rule.required).map(([name]) => name);
  const conditions = entries.flatMap(([name, { requiredIf }]) =>
    requiredIf === undefined ? [] : [conditionOf(name, requiredIf)],
  );
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, rule]) => [name, fieldOf(rule)])),
    ...(required.length > 0 && { required }),
    ...(conditions.length > 0 && { allOf: conditions }),
  };
}

function conditionOf(name: string, { field, is }: NonNullable<FieldRule['requiredIf']>): JsonSchema {
  return {
    if: { properties: { [field]: { const: is } }, required: [field] },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { required: [name], properties: { [name]: { not: ABSENT } } },
  };
}

function fieldOf(rule: FieldRule): JsonSchema {
  const { required, refersTo, secret } = rule;
  const value = valueOf(rule);
  return {
    ...(refersTo !== undefined && { description: `The id of a ${refersTo}.` }),
    ...(secret && { writeOnly: true }),
    ...(required ? notEmpty(value) : { anyOf: [ABSENT, value] }),
  };
}

/** An empty string is no value. */
function notEmpty(value: JsonSchema): JsonSchema {
  return value['type'] === 'string' ? { ...value, minLength: 1 } : value;
}

function valueOf(rule: FieldRule): JsonSchema {
  if (rule.values !== undefined) return { enum: rule.values };
  switch (rule.type) {
    case 'integer':
      return {
        type: 'integer',
        minimum: rule.minimum ?? Number.MIN_SAFE_INTEGER,
        maximum: rule.maximum ?? Number.MAX_SAFE_INTEGER,
      };
    case 'port':
      return { type: 'integer', minimum: 1, maximum: 65_535 };
    case 'vlan':
      return {
        anyOf: [
          { type: 'integer', minimum: 1, maximum: 4_094 },
          { type: 'string', pattern: VLAN },
        ],
      };
    case 'object':
      return objectOf(rule.members ?? {});
    case 'list':
      return { type: 'array', items: objectOf(rule.entries?.fields ?? {}) };
    default:
      return { type: 'string', ...(PATTERNS[rule.type] !== undefined && { pattern: PATTERNS[rule.type] }) };
  }
}

const VLAN = '^(?:[1-9][0-9]{0,2}|[1-3][0-9]{3}|40[0-8][0-9]|409[0-4])$';
const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = `${OCTET}(?:\\.${OCTET}){3}`;
const IPV6 = '[0-9a-f:.]*:[0-9a-f:.]*';

/** By type, as far as a pattern can tell. */
const PATTERNS: Readonly<Partial<Record<FieldRule['type'], string>>> = {
  name: '^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,62}$',
  text: '^[ !$-:<-[\\]-z|~]{0,255}$',
  configuration: '^[\\t\\n -~]*$',
  'vlan-ranges': '^[0-9,\\s-]*$',
  host: '^[A-Za-z0-9:.%_-]+$',
  ipv4: `^${IPV4}$`,
  ipv6: `^${IPV6}$`,
  prefix: `^(?:${IPV4}|${IPV6})/[0-9]{1,3}$`,
  address: `^(?:${IPV4}|${IPV6})(?:/[0-9]{1,3})?$`,
};
