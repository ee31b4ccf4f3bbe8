/** Reads untyped data field by field. Throws a {@link KindError} that names the file and the field if one is not as expected. */
import { described, KindError } from './errors.ts';

/** A value in a file, and its place in that file. */
export interface Spot {
  readonly file: string;
  readonly field: string;
  readonly value: unknown;
}

const under = (spot: Spot, name: string, value: unknown): Spot => ({
  file: spot.file,
  field: spot.field === '' ? name : `${spot.field}.${name}`,
  value,
});

export const wrong = (spot: Spot, expected: string, got = described(spot.value)): KindError =>
  new KindError(spot.file, spot.field, expected, got);

/** The own fields of an object. */
export function entries(spot: Spot): [name: string, field: Spot][] {
  const { value } = spot;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(spot, 'an object');
  return Object.entries(value).map(([name, field]) => [name, under(spot, name, field)]);
}

/** Reads an object that may have these fields and no others. An absent field comes back with the value `undefined`. */
export function fields<Name extends string>(spot: Spot, known: readonly Name[]): Record<Name, Spot> {
  const given = entries(spot);
  const unknown = given.find(([name]) => !(known as readonly string[]).includes(name));
  if (unknown !== undefined) throw wrong(spot, `only the fields ${known.join(', ')}`, described(unknown[0]));
  const found = new Map(given);
  return Object.fromEntries(
    known.map((name) => [name, found.get(name) ?? under(spot, name, undefined)]),
  ) as Record<Name, Spot>;
}

export function text(spot: Spot, rule: RegExp = /^[^]*$/, expected = 'a string'): string {
  if (typeof spot.value !== 'string' || !rule.test(spot.value)) throw wrong(spot, expected);
  return spot.value;
}

export function oneOf<Word extends string>(spot: Spot, words: readonly Word[]): Word {
  const found = words.find((word) => word === spot.value);
  if (found === undefined)
    throw wrong(spot, words.length === 1 ? `'${words[0]}'` : `one of ${words.join(', ')}`);
  return found;
}

export function list(spot: Spot): Spot[] {
  if (!Array.isArray(spot.value)) throw wrong(spot, 'a list');
  return spot.value.map((value, at) => ({ file: spot.file, field: `${spot.field}[${at}]`, value }));
}

/** The spot; `undefined` if it has no value. */
export const given = (spot: Spot): Spot | undefined => (spot.value === undefined ? undefined : spot);

/** JSON text as a spot. */
export function json(file: string, field: string, source: string): Spot {
  try {
    return { file, field, value: JSON.parse(source) };
  } catch (cause) {
    // The parser's message repeats the text, so only the position is taken from it.
    const at = cause instanceof Error ? (/position \d+/.exec(cause.message)?.[0] ?? 'the end') : 'unknown';
    throw new KindError(file, field, 'JSON', `text that stops being JSON at ${at}`, { cause });
  }
}
