import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../local/folders.ts';
import { TABLE } from '../../local/import-table.mjs';
import { SOURCES, workflowBundle } from '../../local/workflow-bundle.ts';

describe('the workflow bundle', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundles-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('is made only once for the same sources', async () => {
    const [path, same] = await Promise.all([workflowBundle([], folder), workflowBundle([], folder)]);
    assert.equal(same, path);
    await writeFile(path, 'as it was made');
    assert.equal(await workflowBundle([], folder), path);
    assert.equal(await readFile(path, 'utf8'), 'as it was made');
  });

  it('stays while a worker may still load it, however many newer ones are made', async () => {
    const path = await workflowBundle([], folder);
    const now = Date.now() / 1_000;
    await utimes(path, now - 86_400, now - 86_400);
    for (let index = 0; index < 5; index++) {
      await writeFile(`${folder}/workflows-newer-${index}.js`, '');
      await writeFile(`${folder}/workflows-older-${index}.js`, '');
      await utimes(`${folder}/workflows-older-${index}.js`, now - 86_400, now - 86_400);
    }
    // One process asks for the first bundle. Before its worker has loaded it, another process makes one more.
    assert.equal(await workflowBundle([], folder), path);
    const other = await workflowBundle([`${ROOT}workflows/cancel-reason.ts`], folder);
    const left = (await readdir(folder)).map((name) => `${folder}/${name}`);
    assert.ok(left.includes(path));
    assert.ok(left.includes(other));
    assert.deepEqual(
      left.filter((name) => name.includes('older')),
      [],
    );
    assert.equal(left.length, 7);
  });

  it('depends on every folder that workflows may import', () => {
    const folders = TABLE['workflows']?.split(', ').filter((entry) => !/^(types of |@)/.test(entry)) ?? [];
    assert.deepEqual([...SOURCES].sort(), ['workflows', ...folders].sort());
  });

  it('holds the workflows', async () => {
    assert.match(await readFile(await workflowBundle(), 'utf8'), /createGateway/);
  });
});
