import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { TABLE } from '../../local/import-table.mjs';
import { SOURCES, workflowBundle } from '../../local/workflow-bundle.ts';

describe('the workflow bundle', function () {
  this.timeout(60_000);

  it('is made only once for the same sources', async () => {
    const [path, same] = await Promise.all([workflowBundle(), workflowBundle()]);
    assert.equal(same, path);
    const made = await stat(path);
    assert.equal(await workflowBundle(), path);
    assert.equal((await stat(path)).mtimeMs, made.mtimeMs);
  });

  it('depends on every folder that workflows may import', () => {
    const folders = TABLE['workflows']?.split(', ').filter((entry) => !/^(types of |@)/.test(entry)) ?? [];
    assert.deepEqual([...SOURCES].sort(), ['workflows', ...folders].sort());
  });

  it('holds the workflows', async () => {
    assert.match(await readFile(await workflowBundle(), 'utf8'), /createGateway/);
  });
});
