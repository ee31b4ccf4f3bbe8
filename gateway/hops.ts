/** Hops of a path: reference fields, with fields of the gateway's own record in braces: `{service_type}_gw_id`. */
import type { ResourceSchema } from './resource.ts';

const IN_BRACES = /\{([a-z][a-z0-9_]*)\}/g;

/** The values of some fields of the gateway. */
export type FieldValues = ReadonlyMap<string, string>;

/** The fields in braces, each once. */
export function fieldsIn(path: readonly string[]): readonly string[] {
  return [...new Set(path.flatMap((hop) => [...hop.matchAll(IN_BRACES)].map(([, field = '']) => field)))];
}

/** The hop with values in place of the fields' names. `undefined`: one of them has no value. */
export function expandedHop(hop: string, valueOf: (field: string) => unknown): string | undefined {
  let isWhole = true;
  const field = hop.replace(IN_BRACES, (_, name: string) => {
    const value = valueOf(name);
    if (typeof value !== 'string' || value === '') isWhole = false;
    return String(value);
  });
  return isWhole ? field : undefined;
}

/**
 * Every combination of values that the fields in braces may have.
 * @param narrowed the only values of some fields here, if it is known that they have no others
 */
export function possibilitiesOf(
  path: readonly string[],
  { fields }: ResourceSchema,
  narrowed: ReadonlyMap<string, readonly string[]> = new Map(),
): readonly FieldValues[] {
  let possible: readonly FieldValues[] = [new Map()];
  for (const field of fieldsIn(path)) {
    const values = narrowed.get(field) ?? fields[field]?.values ?? [];
    possible = possible.flatMap((given) => values.map((value) => new Map([...given, [field, value]])));
  }
  return possible;
}
