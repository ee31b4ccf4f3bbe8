import assert from 'node:assert/strict';
import { SupersedingScene } from './superseding-scene.ts';
import type { Script } from './scripted.ts';

describe('the version that stands after an update failed before its saga heard of a trial', function () {
  this.timeout(30_000);
  let scene: SupersedingScene;
  before(async () => (scene = await SupersedingScene.open()));
  after(() => scene.close());

  function update(mayHaveStood: boolean): Script {
    const script = scene.add();
    script.standing = 1;
    script.config = { version: 2 };
    script.mayHaveStood = mayHaveStood;
    return script;
  }

  for (const [mayHaveStood, says, polls] of [
    [true, 'version 1 stands again, and was seen working', 2],
    [false, 'version 1 stands', 0],
  ] as const) {
    const of = mayHaveStood ? 'is looked at if a router' : 'is not looked at if no router';

    it(`${of} may have carried the update that the pair reverted`, async () => {
      const script = update(mayHaveStood);
      script.refusal = 'MX-2 refused it';
      await scene.failure(await scene.start(script));
      assert.deepEqual(script.told, [`2 MODIFY_FAILED: MX-2 refused it; ${says}`]);
      assert.equal(script.count('poll'), polls);
    });

    it(`${of} may have carried the update that was cancelled meanwhile`, async () => {
      const script = update(mayHaveStood);
      const hold = script.hold('requestApply');
      const handle = await scene.start(script);
      await hold.reached;
      await handle.cancel();
      await scene.failure(handle);
      assert.deepEqual(script.told, [`2 MODIFY_FAILED: cancelled; ${says}`]);
      assert.equal(script.count('poll'), polls);
    });
  }
});
