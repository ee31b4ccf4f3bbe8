/** A saga that finds what an earlier run has left, over activities that say so. */
import assert from 'node:assert/strict';
import { SupersedingScene } from './superseding-scene.ts';

describe('a deletion of which nothing stood when it was planned', function () {
  this.timeout(30_000);
  let scene: SupersedingScene;
  before(async () => (scene = await SupersedingScene.open()));
  after(() => scene.close());

  it('deletes what an earlier run has left, if that is kept meanwhile', async () => {
    const script = scene.add();
    script.config = { version: 2, markedForDeletion: true };
    const router = (id: string) => ({ id, name: id }) as const;
    script.left = {
      gateway: { ...script.gateway, version: 1 },
      run: 'run-1',
      routers: {
        primary: { role: 'primary', ...router('MX-1') },
        secondary: { role: 'secondary', ...router('MX-2') },
      },
    };
    const result = await scene.result(await scene.start(script));
    assert.deepEqual([result.outcome, result.version], ['deleted', 2]);
    assert.deepEqual(script.told, ['2 DELETE_COMPLETED']);
    assert.deepEqual(script.steps, [
      'plan',
      'publishNothing',
      'requestRevert',
      'plan',
      'register',
      'requestApply',
      'recordStack',
      'requestConfirm',
      'publishCompleted',
    ]);
  });
});
