/** Reads untyped data by a schema. The error for a wrong field names the file, the field, the expected value and what stands there. */
import * as v from 'valibot';
import { isDeeper } from '../gateway/nesting.ts';
import { described, KindError } from './errors.ts';

/** A place in a file. */
export interface Location {
  readonly file: string;
  /** `provisioning.mappings.vlan`; empty for the file as a whole. */
  readonly field: string;
}

/** A value, and where it stands. */
export interface Spot extends Location {
  readonly value: unknown;
}

export function under({ file, field }: Location, ...path: readonly (string | number)[]): Location {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  return { file, field: `${field}${steps.join('')}`.replace(/^\./, '') };
}

export function wrong({ file, field }: Location, expected: string, got: string): KindError {
  return new KindError(file, field, expected, got);
}

const noObject = v.never('an object');
// valibot takes a list for an object.
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with these fields and no others. */
export function exactly<const E extends v.ObjectEntries>(entries: E) {
  const object = v.strictObject(entries, ({ expected, path }) => {
    if (expected === 'never') return `only the fields ${Object.keys(entries).join(', ')}`;
    // A field is missing. Its own schema says what it should be.
    const missing = entries[String(path?.[0]?.key)];
    const parsed = missing && v.safeParse(missing, undefined);
    return parsed?.issues?.[0].message ?? 'a value';
  });
  return v.lazy((input) => (isObject(input) ? object : noObject));
}

// valibot drops these keys of a record without a word.
const dropped: readonly string[] = ['__proto__', 'prototype', 'constructor'];

/** An object whose fields may have any name that `name` allows. */
export function named<
  const N extends v.GenericSchema<string, string>,
  const S extends v.GenericSchema<unknown, unknown>,
>(name: N, item: S) {
  const record = v.record(name, item);
  return v.lazy((input) => {
    if (!isObject(input)) return noObject;
    const refused = dropped.find((key) => Object.hasOwn(input, key));
    return refused === undefined ? record : v.object({ [refused]: v.never('another name') });
  });
}

/** Reads a value by a schema. An unknown field is reported first: it may be a missing one, misspelled. */
export function read<const S extends v.GenericSchema>(
  schema: S,
  { file, field, value }: Spot,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const isUnknownField = ({ type, expected }: v.BaseIssue<unknown>): boolean =>
    type === 'strict_object' && expected === 'never';
  const issue = parsed.issues.find(isUnknownField) ?? parsed.issues[0];
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const place = under({ file, field }, ...(isUnknownField(issue) ? path.slice(0, -1) : path));
  throw wrong(place, issue.message, gotOf(issue));
}

/** What stands in the wrong place. Of a list that is too short or too long, its length. */
function gotOf({ type, input }: v.BaseIssue<unknown>): string {
  if (type === 'non_empty') return 'an empty list';
  return type === 'max_length' && Array.isArray(input) ? `${input.length}` : described(input);
}

/** How deep JSON text may be nested. valibot runs out of stack at depths that `JSON.parse` still reads. */
const MOST_LEVELS = 100;

/** Reads JSON text. */
export function json(place: Location, source: string): Spot {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    // The parser's message repeats the text, so only the position is taken from it.
    const at = cause instanceof Error ? (/position \d+/.exec(cause.message)?.[0] ?? 'the end') : 'unknown';
    throw new KindError(place.file, place.field, 'JSON', `text that stops being JSON at ${at}`, { cause });
  }
  if (isDeeper(value, MOST_LEVELS)) throw wrong(place, `JSON of at most ${MOST_LEVELS} levels`, 'more');
  return { ...place, value };
}
