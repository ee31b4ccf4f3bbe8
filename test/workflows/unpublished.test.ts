/** A saga whose failure can't be published, because a record in etcd can't be read. */
import assert from 'node:assert/strict';
import { FAILURES } from '../../gateway/failures.ts';
import type { GatewayFailure } from '../../gateway/messages.ts';
import { SupersedingScene } from './superseding-scene.ts';

describe('a saga whose failure can’t be published', function () {
  this.timeout(30_000);
  let scene: SupersedingScene;
  before(async () => (scene = await SupersedingScene.open()));
  after(() => scene.close());

  it('fails for its own reason, says that it is not published, and runs no more', async () => {
    const script = scene.add();
    script.pollFailure = 'MX-1: still BACKUP';
    script.publishFailure = 'the record can’t be read';
    const handle = await scene.start(script);
    const failure = (await handle.result().then(
      () => assert.fail('it did not fail'),
      (error: { cause: { details: unknown[] } }) => error.cause.details[0],
    )) as GatewayFailure;
    assert.equal(failure.type, FAILURES.NotConverged);
    assert.match(failure.message, /^MX-1: still BACKUP.*; not published: the record can’t be read$/);
    assert.deepEqual(failure.compensation, []);
    const { outcome, error } = await scene.progress(handle);
    assert.deepEqual([outcome, error], ['failed', failure.message]);
    assert.deepEqual(script.told, []);
  });
});
