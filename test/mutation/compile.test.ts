/**
 * A mutation whose text does not compile proves nothing: a `ReferenceError` catches it, and not a test of what it breaks. Mutations that
 * are type errors by intent say so.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../local/folders.ts';
import { checkout } from './checkout.ts';
import { layered, layersOf } from './layers.ts';
import type { Layer } from './layers.ts';
import type { Mutation } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';

const TSC = 'node_modules/typescript/bin/tsc';

describe('the mutations', function () {
  this.timeout(240_000);
  const sources = new Map<string, string>();
  before(async () => {
    for (const { file } of MUTATIONS) sources.set(file, await readFile(`${ROOT}${file}`, 'utf8'));
  });

  it('compile, all but those that are type errors by intent', async () => {
    for (const layer of layersOf(
      MUTATIONS.filter(({ isTypeError }) => isTypeError !== true),
      sources,
    ))
      assert.equal(await errorsOf(layer, sources), '');
  });

  it('that are type errors by intent are', async () => {
    for (const layer of layersOf(
      MUTATIONS.filter(({ isTypeError }) => isTypeError),
      sources,
    )) {
      const errors = await errorsOf(layer, sources);
      for (const { name, file } of layer.mutations) assert.ok(errors.includes(`${file}(`), name);
    }
  });

  it('whose names are not defined are found', async () => {
    const [first] = MUTATIONS;
    assert.ok(first);
    const broken: Mutation = { ...first, put: 'notDefinedAnywhere' };
    const [layer] = layersOf([broken], sources);
    assert.ok(layer);
    assert.match(await errorsOf(layer, sources), /error TS/);
  });
});

async function errorsOf(layer: Layer, sources: ReadonlyMap<string, string>): Promise<string> {
  const { folder, remove } = await checkout();
  try {
    for (const [file, source] of sources) await writeFile(join(folder, file), layered(layer, file, source));
    return await new Promise<string>((resolve) => {
      const args = [TSC, '--noEmit', '--project', 'tsconfig.build.json'];
      execFile(process.execPath, args, { cwd: folder }, (error, output) =>
        resolve(error === null ? '' : `${output}${error.message}`),
      );
    });
  } finally {
    await remove();
  }
}
