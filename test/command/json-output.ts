/** Holds what commands print with `--json` to their JSON Schemas in `docs/schemas`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ROOT } from '../../local/folders.ts';
import { isValid } from '../templates/json-schema.ts';

type Schema = Readonly<Record<string, unknown>>;

/** A schema of `docs/schemas`, by the name of its file. */
export function schemaNamed(name: string): Schema {
  return JSON.parse(readFileSync(`${ROOT}docs/schemas/${name}.json`, 'utf8')) as Schema;
}

/**
 * Asserts that each document of an output is as the schema says, and has no field that the schema does not know. Programs that read an output
 * must take further fields; nobody must print one that is not described. Of a command without `--json`, and of no output, there is nothing to hold.
 */
export function assertDescribed(name: string, argv: readonly string[], out: string): void {
  if (!argv.includes('--json') || out.trim() === '') return;
  const schema = closed(schemaNamed(name)) as Schema;
  for (const value of documentsIn(out))
    assert.ok(isValid(value, schema), `${name}: ${JSON.stringify(value)}`);
}

/** One document, or one on each line. */
function documentsIn(out: string): readonly unknown[] {
  try {
    return [JSON.parse(out)];
  } catch {
    return out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  }
}

/** The schema with no further fields allowed, wherever it names some. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, closed(value)]),
  );
  const isObject = parts['type'] === 'object' && Object.hasOwn(parts, 'properties');
  return isObject ? { additionalProperties: false, ...parts } : parts;
}
