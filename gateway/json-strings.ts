/**
 * JSON as Python's `json.dumps` prints it with its defaults: a space after `:` and `,`, everything beyond ASCII escaped. Readers of
 * `/state` compare the strings in it byte for byte.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export function dumps(value: Json): string {
  if (typeof value === 'string') return dumpString(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => dumps(item)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, member]: [string, Json]) => `${dumpString(name)}: ${dumps(member)}`,
    );
    return `{${members.join(', ')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`Expected a finite number, got ${value}`);
  }
  return String(value);
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function dumpString(text: string): string {
  const escaped = text.replace(/[^ !#-[\]-~]/g, (unit) => {
    return SHORT[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
