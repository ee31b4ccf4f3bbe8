import assert from 'node:assert/strict';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';
import type { telling, Wrong } from './telling.ts';

describe('a run that can’t tell', function () {
  this.timeout(30_000);
  let scene: WorkflowScene;
  before(async () => {
    scene = await openWorkflows('telling.ts');
  });
  after(() => scene.close());

  const wrongs: readonly Wrong[] = [
    'a field throws',
    'a field can not leave the workflow',
    'a failure throws when it is read',
    'the queue of a pair throws',
  ];
  for (const wrong of wrongs)
    it(`ends all the same: ${wrong}`, async () => {
      assert.equal(await scene.execute<typeof telling>('telling', wrong), 'ended');
    });
});
