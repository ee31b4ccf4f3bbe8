import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../activities/index.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { ChangeScene } from './change-scene.ts';

describe('an update that changes nothing on the routers', function () {
  this.timeout(60_000);
  let world: World;
  let scene: ChangeScene;
  /** What happens once, after the activity has published and before its answer is lost. */
  let meanwhile: (() => Promise<void>) | undefined;
  const wrap = (activities: Activities): Activities => ({
    ...activities,
    async publishUnchanged(input) {
      const seen = await activities.publishUnchanged(input);
      const happen = meanwhile;
      meanwhile = undefined;
      if (happen === undefined) return seen;
      await happen();
      throw ApplicationFailure.retryable('the answer is lost');
    },
  });
  before(async () => {
    world = await openWorld({ wrap });
    scene = new ChangeScene(world);
  });
  after(() => world.close());

  it('is made once if the answer of its publication is lost', async () => {
    const gateway = await scene.standing();
    meanwhile = async () => undefined;
    await scene.next(gateway);
    assert.equal((await scene.run(gateway)).outcome, 'unchanged');
    assert.deepEqual(await scene.told(gateway), { version: 2, word: 'CREATE_COMPLETED', error: '' });
  });

  it('ends as /state says if the answer is lost and a newer version has come', async () => {
    const gateway = await scene.standing();
    meanwhile = () => scene.next(gateway);
    await scene.next(gateway);
    assert.equal((await scene.run(gateway)).outcome, 'unchanged');
    assert.deepEqual(await scene.told(gateway), { version: 2, word: 'CREATE_COMPLETED', error: '' });
    assert.equal((await scene.run(gateway)).outcome, 'unchanged');
    assert.equal((await scene.told(gateway)).version, 3);
  });

  it('fails, and tells of both routers, if the gateway does not work on either', async () => {
    const gateway = await scene.standing();
    const unit = `ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`;
    for (const { device } of world.routers) device.holdVrrpDown(unit, true);
    await scene.next(gateway);
    const message = await scene.failure(gateway);
    assert.match(message, /\(primary\).* INIT, expected MASTER.*; .*\(secondary\).* INIT, expected BACKUP/);
    assert.match(message, /; version 1 stands$/);
    assert.deepEqual(await scene.told(gateway), { version: 2, word: 'MODIFY_FAILED', error: message });
  });
});
