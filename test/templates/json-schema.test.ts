import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { fileURLToPath } from 'node:url';
import { plainKind, variedKind } from '../../templates/kind-file.ts';
import { defaultFolder } from '../../templates/load.ts';
import { kindFolder, writeStub } from './kind-folder.ts';
import { isValid } from './json-schema.ts';

type Json = Record<string, unknown>;

const root = fileURLToPath(defaultFolder);
const read = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as Json;

describe('the JSON Schemas of kinds and neighbours', () => {
  let kind: Json;
  let neighbour: Json;
  let kinds: readonly Json[];
  before(async () => {
    kind = await read(join(root, 'kind.schema.json'));
    neighbour = await read(join(root, 'neighbour.schema.json'));
    const folders = (await readdir(root, { withFileTypes: true })).filter(
      (one) => one.isDirectory() && one.name !== 'neighbours',
    );
    const folder = await kindFolder();
    await writeStub(folder);
    kinds = await Promise.all([
      read(join(folder.path, 'stub', 'kind.json')),
      ...folders.map(({ name }) => read(join(root, name, 'kind.json'))),
    ]);
    await folder.remove();
  });

  it('take every kind and neighbour that there is', async () => {
    assert.ok(kinds.length >= 3);
    for (const one of kinds) assert.ok(isValid(one, kind), String(one['resourceType']));
    const files = (await readdir(join(root, 'neighbours'))).filter((file) => file.endsWith('.json'));
    assert.ok(files.length >= 7);
    for (const file of files) assert.ok(isValid(await read(join(root, 'neighbours', file)), neighbour), file);
  });

  /** Every place in a value, by its path. */
  function* places(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
    yield path;
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) yield* places(inner, [...path, name]);
  }
  const changed = (whole: Json, path: readonly string[], value: unknown): unknown => {
    const copy = structuredClone(whole);
    const last = path.at(-1);
    if (last === undefined) return value;
    const holder = path.slice(0, -1).reduce<Json>((at, name) => at[name] as Json, copy);
    if (value === undefined && Array.isArray(holder)) holder.splice(Number(last), 1);
    else if (value === undefined) delete holder[last];
    else holder[last] = value;
    return copy;
  };

  it('refuse what loading refuses, and nothing else, wherever a file is spoilt', () => {
    const values = [undefined, 'A b', 7, null, true, [], {}, { field: 'x' }, { x: 1 }, ['x'], 'text'];
    const odd: string[] = [];
    // Fields and parameters, entries of lists, and kinds are alike in their form: two of each will do.
    const alike = new Map<string, number>();
    for (const whole of kinds) {
      const isVaried = 'variants' in whole;
      const isNew = (path: readonly string[]): boolean => {
        const shape = path.map((name, at) =>
          /^(fields|mappings)$/.test(path[at - 1] ?? '') || /^\d+$/.test(name) ? '*' : name,
        );
        const count = (alike.get(shape.join('.')) ?? 0) + 1;
        alike.set(shape.join('.'), count);
        return count <= 2;
      };
      for (const path of [...places(whole)].filter(isNew))
        for (const value of values) {
          const spoilt = changed(whole, path, value);
          const isLoaded = v.is(isVaried ? variedKind : plainKind, spoilt);
          const asObject = spoilt as Json;
          // A monitor that looks at nothing is refused behind the form.
          if (isLoaded !== isValid(spoilt, kind) && !path.includes('monitors'))
            odd.push(`${String(asObject?.['resourceType'])} ${path.join('.')} = ${JSON.stringify(value)}`);
        }
    }
    assert.deepEqual(odd.slice(0, 20), []);
  });

  it('refuse a monitor that looks at nothing, as loading does', () => {
    const monitor = (parts: Json) =>
      isValid({ name: 'x', ...parts }, (kind['$defs'] as Json)['monitor'] as Json, kind);
    assert.deepEqual([{}, { counters: [] }, { interface: 'ae0', counters: [] }].map(monitor), [
      false,
      false,
      true,
    ]);
  });

  it('name the same parts of a schema in both', () => {
    const [ofKind, ofNeighbour] = [kind, neighbour].map((one) => one['$defs'] as Json);
    for (const [name, part] of Object.entries(ofNeighbour ?? {}))
      assert.deepEqual(ofKind?.[name], part, name);
  });
});
