import assert from 'node:assert/strict';
import type { compensating, Undone } from './compensating.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

describe('undoing', function () {
  this.timeout(30_000);
  let scene: WorkflowScene;
  before(async () => (scene = await openWorkflows('compensating.ts')));
  after(() => scene.close());
  const undo = (...names: string[]): Promise<Undone> =>
    scene.execute<typeof compensating>('compensating', names);

  it('goes from the last to the first, once', async () => {
    assert.deepEqual(await undo('one', 'two', 'three'), { done: ['three', 'two', 'one'], failed: [[], []] });
  });

  it('goes on when one fails, and tells which and why', async () => {
    assert.deepEqual(await undo('one', '!two', 'three', '!four'), {
      done: ['!four', 'three', '!two', 'one'],
      failed: [['!four: !four is stuck', '!two: !two is stuck'], []],
    });
  });

  it('of nothing is nothing', async () => {
    assert.deepEqual(await undo(), { done: [], failed: [[], []] });
  });
});
