import assert from 'node:assert/strict';
import type { compensating, Undone } from './compensating.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

describe('compensation', function () {
  this.timeout(30_000);
  let scene: WorkflowScene;
  before(async () => (scene = await openWorkflows('plain-workflows.ts')));
  after(() => scene.close());
  const undo = (...names: string[]): Promise<Undone> =>
    scene.execute<typeof compensating>('compensating', names);

  it('runs from the last step to the first, once', async () => {
    assert.deepEqual(await undo('one', 'two', 'three'), { done: ['three', 'two', 'one'], failed: [[], []] });
  });

  it('goes on if one fails, and tells which and why', async () => {
    assert.deepEqual(await undo('one', '!two', 'three', '!four'), {
      done: ['!four', 'three', '!two', 'one'],
      failed: [['!four: !four is stuck', '!two: !two is stuck'], []],
    });
  });

  it('of no step does nothing', async () => {
    assert.deepEqual(await undo(), { done: [], failed: [[], []] });
  });
});
