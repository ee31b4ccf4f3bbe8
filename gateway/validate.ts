/** Checks a record against its schema, and says what is wrong so that a person can mend it. */
import { BEYOND_CONFIGURATION, expectedOf, matchesRule, rangesOf, vlanOf } from './field-types.ts';
import { pluralOf } from './resource.ts';
import type { FieldRule, Fields, ResourceRecord, ResourceRef, ResourceSchema } from './resource.ts';

export interface Problem {
  readonly at: ResourceRef;
  /** `null`: the record as a whole. */
  readonly field: string | null;
  readonly expected: string;
  /** Printable and cut; for a secret only its type. */
  readonly got: string;
}

/**
 * All problems of a record's own fields, in the schema's order.
 * @param restricted for a `vlan` field: the ranges (`"0-1024,4094"`) that its interface forbids
 */
export function validateFields(
  { ref, body }: Pick<ResourceRecord, 'ref' | 'body'>,
  schema: ResourceSchema,
  restricted: Readonly<Record<string, string>> = {},
): Problem[] {
  return problemsOf(body, schema.fields, { at: ref, above: '', isSecret: false, restricted });
}

interface Within {
  readonly at: ResourceRef;
  /** What stands before a field's name: `primary.`, `common_functions[0].` */
  readonly above: string;
  readonly isSecret: boolean;
  readonly restricted: Readonly<Record<string, string>>;
}

function problemsOf(body: Fields, fields: ResourceSchema['fields'], within: Within): Problem[] {
  return Object.entries(fields).flatMap(([name, rule]): Problem[] => {
    const value = ownField(body, name);
    const field = `${within.above}${name}`;
    const isSecret = within.isSecret || rule.secret === true;
    const problem = (expected: string): Problem[] => [
      { at: within.at, field, expected, got: isSecret ? shownValue(value, true) : gotOf(value, rule) },
    ];
    if (isAbsent(value)) return isRequired(rule, body) ? problem(expectedOf(rule)) : [];
    if (!matchesRule(value, rule)) return problem(expectedOf(rule));
    const forbidden = within.restricted[name];
    if (forbidden !== undefined && isRestricted(value, rule, forbidden))
      return problem(`a VLAN outside the interface's restricted ranges ${quoted(forbidden)}`);
    const below = (inner: unknown, place: string, rules: ResourceSchema['fields']) =>
      problemsOf(inner as Fields, rules, { ...within, isSecret, above: `${place}.`, restricted: {} });
    if (rule.type === 'object') return below(value, field, rule.members ?? {});
    if (rule.type !== 'list') return [];
    return entriesOf(value).flatMap((entry, at) =>
      below(entry, `${field}[${at}]`, rule.entries?.fields ?? {}),
    );
  });
}

/** Whether the record must have the field. `body`: the fields beside it. */
export function isRequired({ required = false, requiredIf }: FieldRule, body: Fields): boolean {
  return required || (requiredIf !== undefined && ownField(body, requiredIf.field) === requiredIf.is);
}

/** The entries of a list field. What is no object is left out: the check of the record reports it as a problem. */
export function entriesOf(value: unknown): readonly Fields[] {
  return Array.isArray(value)
    ? value.filter((entry): entry is Fields => typeof entry === 'object' && entry !== null)
    : [];
}

/** Absent, `null` and `""` are the same: the API writes each of them for a field that was not given. */
export function isAbsent(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

/** A field of the body itself: a property that every object inherits (`constructor`, …) is not a field. */
export function ownField(body: Readonly<Record<string, unknown>>, field: string): unknown {
  return Object.hasOwn(body, field) ? body[field] : undefined;
}

/** One line for a person: `vpn_gateways/4fab…: field "uplink_vlan_id": expected a VLAN from 1 to 4094, got "5000"`. */
export function problemText(problems: readonly Problem[]): string {
  return problems
    .map(({ at, field, expected, got }) => {
      const where = `${pluralOf(at.type)}/${printableText(at.id)}`;
      return `${where}: ${field === null ? '' : `field "${field}": `}expected ${expected}, got ${got}`;
    })
    .join('; ');
}

/** A value for a message: on one line, at most 60 characters of it, never a secret. */
export function shownValue(value: unknown, secret = false): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'an empty string';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  if (secret) return `a ${typeof value} (hidden)`;
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

/** Configuration text may have a key in it, so a message shows only what is wrong with it. */
function gotOf(value: unknown, { type }: FieldRule): string {
  if (type !== 'configuration' || typeof value !== 'string' || value === '') return shownValue(value);
  const odd = BEYOND_CONFIGURATION.exec(value)?.[0];
  return odd === undefined ? `text of ${value.length} characters` : `text with ${quoted(odd)} in it`;
}

function quoted(text: string): string {
  return `"${printableText(text)}"`;
}

/** Text of a record for a message, without quotes around it. */
export function printableText(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return cut.replace(/[^\u0020-\u007e\u00a1-\u1fff…]|\p{Cf}/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

function isRestricted(value: unknown, rule: FieldRule, forbidden: string): boolean {
  const vlan = rule.type === 'vlan' ? vlanOf(value) : undefined;
  if (vlan === undefined) return false;
  return (rangesOf(forbidden) ?? []).some(([from, to]) => vlan >= from && vlan <= to);
}
