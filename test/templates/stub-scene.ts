/** The kind `stub` in a folder of its own for each test, and changes of its `kind.json`. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KindError } from '../../templates/errors.ts';
import { loadKinds } from '../../templates/load.ts';
import { kindFolder, writeStub, type KindFolder } from './kind-folder.ts';

export type Json = Record<string, unknown>;

export const at = (value: unknown, ...path: (string | number)[]): Json =>
  path.reduce((found, name) => (found as Json)[name], value) as Json;
/** The first variant. */
export const inner = (kind: Json): Json => at(kind, 'variants', 'of', 0);
/** The parameters of the first variant. */
export const mappings = (kind: Json): Json => at(inner(kind), 'provisioning', 'mappings');
export const fields = (kind: Json): Json => at(kind, 'schema', 'fields');

/** Makes the folder before each test of the suite that calls this, and removes it afterwards. */
export function useStub() {
  let folder: KindFolder;
  beforeEach(async () => {
    folder = await kindFolder();
    await writeStub(folder);
  });
  afterEach(() => folder.remove());
  const stub = async (): Promise<Json> =>
    JSON.parse(await readFile(join(folder.path, 'stub', 'kind.json'), 'utf8')) as Json;
  return {
    folder: () => folder,
    stub,
    edit: async (change: (kind: Json) => void): Promise<void> => {
      const kind = await stub();
      change(kind);
      await folder.write('stub/kind.json', kind);
    },
    refused: (pattern: RegExp) =>
      assert.rejects(loadKinds(folder.path), (error) => {
        assert.ok(error instanceof KindError, String(error));
        assert.match(error.message, pattern);
        return true;
      }),
    loaded: async () => (await loadKinds(folder.path)).get('stub') ?? assert.fail(),
  };
}
