/** The form of a record's schema: the rules for its fields. Unknown fields of a rule are refused. */
import * as v from 'valibot';
import { expectedOf, matchesRule } from '../gateway/field-types.ts';
import type { FieldRule, ResourceSchema } from '../gateway/resource.ts';
import { exactly, named, under, wrong, type Location } from './shape.ts';

export const text = v.string('a string');

const expectedWord = 'lower-case letters, digits and underscores';
/** A name of the data model: a resource type, a field, a parameter. */
export const word = v.pipe(v.string(expectedWord), v.regex(/^[a-z][a-z0-9_]{0,62}$/, expectedWord));

export const flag = v.exactOptional(v.boolean('true or false'));

/** The types that format 1 has. */
export const firstTypes = [
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

/** The types of fields that hold one value. */
const scalarTypes = [
  ...firstTypes,
  'ipv4',
  'ipv6',
  'prefix',
  'address',
] as const satisfies readonly FieldRule['type'][];

export const fieldTypes = [...scalarTypes, 'object', 'list'] as const satisfies readonly FieldRule['type'][];

const integer = v.exactOptional(v.pipe(v.number('an integer'), v.safeInteger('an integer')));

/** Texts that a field may have. */
export const values = v.pipe(v.array(text, 'a list'), v.nonEmpty('at least one value'));

const common = {
  required: flag,
  requiredIf: v.exactOptional(exactly({ field: word, is: text })),
  values: v.exactOptional(values),
  minimum: integer,
  maximum: integer,
};

const scalar = v.picklist(scalarTypes, `one of ${scalarTypes.join(', ')}`);

/** A member of an object. */
const member = exactly({ type: scalar, ...common });

/** A field of the entries of a list. */
const entryField = exactly({ type: scalar, ...common, refersTo: v.exactOptional(word) });

/** The rules for the fields of a record. */
export const schema: v.GenericSchema<unknown, ResourceSchema> = exactly({
  fields: named(
    word,
    exactly({
      type: v.picklist(fieldTypes, `one of ${fieldTypes.join(', ')}`),
      ...common,
      members: v.exactOptional(named(word, member)),
      entries: v.exactOptional(exactly({ fields: named(word, entryField) })),
      refersTo: v.exactOptional(word),
      secret: flag,
      restrictedBy: v.exactOptional(word),
    }),
  ),
});

/** Checks what the rules of a schema say of each other. Throws a `KindError` that names the place. */
export function checkSchema({ fields }: ResourceSchema, place: Location): void {
  for (const [name, rule] of Object.entries(fields)) {
    const at = under(place, 'fields', name);
    checkRule(rule, fields, at);
    checkRules(rule.members, under(at, 'members'));
    checkRules(rule.entries?.fields, under(at, 'entries', 'fields'));
    const { restrictedBy, secret } = rule;
    if (secret === true && hasReference(rule))
      throw wrong(under(at, 'secret'), 'a secret without references: the id of a record is shown', 'true');
    if (restrictedBy !== undefined && ownRule(fields, restrictedBy)?.refersTo === undefined)
      throw wrong(under(at, 'restrictedBy'), 'a reference field of this kind', `'${restrictedBy}'`);
  }
}

function hasReference({ refersTo, entries }: FieldRule): boolean {
  return refersTo !== undefined || Object.values(entries?.fields ?? {}).some(hasReference);
}

function checkRules(rules: ResourceSchema['fields'] | undefined, place: Location): void {
  for (const [name, rule] of Object.entries(rules ?? {})) checkRule(rule, rules ?? {}, under(place, name));
}

function checkRule(rule: FieldRule, beside: ResourceSchema['fields'], place: Location): void {
  const { type, values, requiredIf } = rule;
  const needs = { members: 'object', entries: 'list' } as const;
  for (const [part, holder] of Object.entries(needs) as ['members' | 'entries', FieldRule['type']][])
    if ((rule[part] !== undefined) !== (type === holder))
      throw wrong(
        under(place, part),
        `${part} of a field of the type ${holder}, and of no other`,
        `the type ${type}`,
      );
  if ((rule.minimum ?? rule.maximum) !== undefined && type !== 'integer')
    throw wrong(place, 'minimum and maximum of an integer only', `the type ${type}`);
  const { minimum = -Infinity, maximum = Infinity } = rule;
  if (minimum > maximum)
    throw wrong(under(place, 'minimum'), `at most the maximum, ${maximum}`, `${minimum}`);
  if (values !== undefined && type !== 'string' && type !== 'name' && type !== 'text')
    throw wrong(under(place, 'values'), 'values of a string, a name or a text only', `the type ${type}`);
  if (rule.refersTo !== undefined && type !== 'string' && type !== 'name')
    throw wrong(under(place, 'refersTo'), 'a reference of the type string', `the type ${type}`);
  if (requiredIf !== undefined) checkCondition(requiredIf, beside, under(place, 'requiredIf'));
}

/** A condition names a field beside it, and a value that the field may have. */
export function checkCondition(
  { field, is }: { readonly field: string; readonly is: string },
  fields: ResourceSchema['fields'],
  place: Location,
): void {
  const rule = ownRule(fields, field);
  if (rule === undefined) throw wrong(under(place, 'field'), 'a field of the same schema', `'${field}'`);
  // A field that is not given may be "".
  if (is === '' && rule.values === undefined && rule.required !== true) return;
  if (withoutTexts.has(rule.type))
    throw wrong(
      under(place, 'field'),
      'a field that can be a text',
      `'${field}', which is of the type ${rule.type}`,
    );
  if (!matchesRule(is, rule)) throw wrong(under(place, 'is'), expectedOf(rule), `'${is}'`);
}

/** No value of these types equals a text. */
const withoutTexts: ReadonlySet<FieldRule['type']> = new Set(['integer', 'port', 'object', 'list']);

/** The rule of a field: a property that every object inherits is not one. */
export function ownRule(fields: ResourceSchema['fields'], name: string): FieldRule | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
