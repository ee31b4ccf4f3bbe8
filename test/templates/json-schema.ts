/** As much of JSON Schema (draft 2020-12) as this project's schemas use. Any other keyword throws, so that none is passed over. */
type Schema = Readonly<Record<string, unknown>>;
type Check = (value: unknown, argument: never, schema: Schema, root: Schema) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isOfType = (value: unknown, type: string): boolean =>
  ({
    object: isObject(value),
    array: Array.isArray(value),
    string: typeof value === 'string',
    integer: Number.isInteger(value),
    number: typeof value === 'number',
    boolean: typeof value === 'boolean',
    null: value === null,
  })[type] ?? unknownWord(type);

function unknownWord(word: string): never {
  throw new Error(`this schema has ${word}, which the test does not know`);
}

const notes = [
  '$schema',
  '$defs',
  'title',
  'description',
  'writeOnly',
  'then',
  'default',
  'contentMediaType',
];

const CHECKS: Readonly<Record<string, Check>> = {
  $ref: (value, ref: string, _, root) => {
    const name = /^#\/\$defs\/(\w+)$/.exec(ref)?.[1] ?? unknownWord(ref);
    return isValid(value, (root['$defs'] as Record<string, Schema>)[name] ?? unknownWord(ref), root);
  },
  type: (value, type: string | string[]) => [type].flat().some((one) => isOfType(value, one)),
  enum: (value, values: unknown[]) => values.includes(value),
  const: (value, one: unknown) => value === one,
  pattern: (value, pattern: string) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  oneOf: (value, schemas: Schema[], _, root) =>
    schemas.filter((schema) => isValid(value, schema, root)).length === 1,
  allOf: (value, schemas: Schema[], _, root) => schemas.every((schema) => isValid(value, schema, root)),
  not: (value, schema: Schema, _, root) => !isValid(value, schema, root),
  if: (value, schema: Schema, { then = {} }, root) =>
    !isValid(value, schema, root) || isValid(value, then as Schema, root),
  minimum: (value, least: number) => typeof value !== 'number' || value >= least,
  maximum: (value, most: number) => typeof value !== 'number' || value <= most,
  minProperties: (value, least: number) => !isObject(value) || Object.keys(value).length >= least,
  minLength: (value, least: number) => typeof value !== 'string' || value.length >= least,
  anyOf: (value, schemas: Schema[], _, root) => schemas.some((schema) => isValid(value, schema, root)),
  items: (value, item: Schema, _, root) =>
    !Array.isArray(value) || value.every((one) => isValid(one, item, root)),
  minItems: (value, least: number) => !Array.isArray(value) || value.length >= least,
  maxItems: (value, most: number) => !Array.isArray(value) || value.length <= most,
  required: (value, names: string[]) => !isObject(value) || names.every((name) => Object.hasOwn(value, name)),
  properties: (value, properties: Record<string, Schema>, _, root) =>
    !isObject(value) ||
    Object.entries(properties).every(
      ([name, schema]) => !Object.hasOwn(value, name) || isValid(value[name], schema, root),
    ),
  propertyNames: (value, name: Schema, _, root) =>
    !isObject(value) || Object.keys(value).every((key) => isValid(key, name, root)),
  additionalProperties: (value, rule: Schema | false, { properties = {} }, root) =>
    !isObject(value) ||
    Object.entries(value)
      .filter(([name]) => !Object.hasOwn(properties as object, name))
      .every(([, one]) => rule !== false && isValid(one, rule, root)),
};

export function isValid(value: unknown, schema: Schema, root: Schema = schema): boolean {
  return Object.entries(schema)
    .filter(([keyword]) => !notes.includes(keyword))
    .every(([keyword, argument]) =>
      (CHECKS[keyword] ?? unknownWord(keyword))(value, argument as never, schema, root),
    );
}
