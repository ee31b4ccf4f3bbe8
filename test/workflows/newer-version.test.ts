import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { APPLY_SIGNAL } from '../../gateway/messages.ts';
import type { GatewayFailure } from '../../gateway/messages.ts';
import type { VersionEnd } from '../../gateway/plan.ts';
import { SupersedingScene } from './superseding-scene.ts';

const endsOf = (ends: readonly VersionEnd[] = []) =>
  ends.map(({ version, outcome, error }) => [version, outcome, ...(error === undefined ? [] : [error])]);

describe('a workflow whose gateway gets a newer version', function () {
  this.timeout(30_000);
  let scene: SupersedingScene;
  before(async () => (scene = await SupersedingScene.open()));
  after(() => scene.close());

  it('goes on as applyGateway, whatever its type was', async () => {
    const script = scene.add();
    const hold = script.hold('poll');
    const handle = await scene.start(script, 'createGateway', { version: 1 });
    await hold.reached;
    await scene.happen('newer version', script, handle);
    const result = await scene.result(handle);
    assert.deepEqual(endsOf(result.ends), [[1, 'superseded', 'superseded by version 2']]);
    const { type, runId } = await scene.client.getHandle(handle.workflowId).describe();
    assert.equal(type, 'applyGateway');
    assert.notEqual(runId, handle.firstExecutionRunId);
    const [before, now] = await Promise.all(
      [handle.firstExecutionRunId, runId].map((run) => scene.progress(handle, run)),
    );
    assert.equal(before?.outcome, 'superseded');
    assert.deepEqual(endsOf(now?.ends), endsOf(result.ends));
  });

  it('does not stop for a version that is not there, for a lower one, or for nonsense', async () => {
    const script = scene.add();
    script.config = { version: 3 };
    const hold = script.hold('requestApply');
    const handle = await scene.start(script);
    await hold.reached;
    await scene.ring(handle, 2);
    await scene.ring(handle, 3);
    await handle.signal(APPLY_SIGNAL, null);
    await handle.signal(APPLY_SIGNAL, { version: 'x' });
    await scene.ring(handle, 7);
    await scene.looked(script, handle);
    hold.release();
    const { version, outcome, ends } = await scene.result(handle);
    assert.deepEqual({ version, outcome, ends }, { version: 3, outcome: 'created', ends: undefined });
    assert.deepEqual(script.told, ['3 CREATE_COMPLETED']);
  });

  it('leaves the door of its pair', async () => {
    const script = scene.add();
    script.isFull = true;
    const hold = script.hold('requestApply', 'after');
    const handle = await scene.start(script);
    await hold.reached;
    hold.release();
    while ((await scene.progress(handle)).steps.at(-1)?.atTheDoor === undefined) await sleep(10);
    script.isFull = false;
    await scene.happen('newer version', script, handle);
    assert.equal((await scene.result(handle)).version, 2);
    assert.deepEqual(script.told, ['1 CREATE_FAILED: superseded by version 2', '2 CREATE_COMPLETED']);
  });

  it('does not wait for the service of the version that stands again', async () => {
    const script = scene.add();
    script.standing = 1;
    script.config = { version: 2 };
    const poll = script.hold('poll');
    const handle = await scene.start(script);
    await poll.reached;
    script.pollFailure = 'MX-1 is BACKUP';
    const again = script.hold('requestRevert', 'after');
    poll.release();
    await again.reached;
    const look = script.hold('poll');
    again.release();
    await look.reached;
    script.pollFailure = undefined;
    script.config = { version: 3 };
    await scene.ring(handle, 3);
    // Nobody releases the look at version 1.
    assert.equal((await scene.result(handle)).version, 3);
    assert.deepEqual(script.told, [
      '2 MODIFY_FAILED: MX-1 is BACKUP; MX-1 is BACKUP; version 1 stands again',
      '3 CREATE_COMPLETED',
    ]);
  });

  it('goes on with a deletion whose configuration has vanished', async () => {
    const script = scene.add();
    script.standing = 1;
    script.config = { version: 2, markedForDeletion: true };
    const hold = script.hold('requestApply');
    const handle = await scene.start(script);
    await hold.reached;
    script.config = undefined;
    await scene.ring(handle);
    await scene.looked(script, handle);
    hold.release();
    assert.equal((await scene.result(handle)).outcome, 'deleted');
    assert.deepEqual(script.told, ['2 DELETE_COMPLETED']);
  });

  it('plans versions once that follow each other quickly', async () => {
    const script = scene.add();
    const hold = script.hold('poll');
    const handle = await scene.start(script);
    await hold.reached;
    for (let version = 2; version <= 20; version += 1) {
      script.config = { version };
      await scene.ring(handle, version);
    }
    const result = await scene.result(handle);
    assert.equal(result.version, 20);
    assert.ok(script.count('plan') <= 3, `${script.count('plan')} plans`);
    assert.ok(script.applies <= 2, `${script.applies} applies`);
  });

  it('tells in its failure how the versions before ended', async () => {
    const script = scene.add();
    const hold = script.hold('poll');
    const handle = await scene.start(script);
    await hold.reached;
    script.refusal = 'MX-2 refused it';
    await scene.happen('newer version', script, handle);
    const cause = await scene.failure(handle);
    assert.ok(cause instanceof ApplicationFailure, String(cause));
    const failure = cause.details?.[0] as GatewayFailure;
    assert.deepEqual(
      { type: cause.type, message: failure.message, version: failure.gateway?.version },
      { type: 'RouterRefused', message: 'MX-2 refused it', version: 2 },
    );
    assert.deepEqual(endsOf(failure.ends), [[1, 'superseded', 'superseded by version 2']]);
  });

  it('does not go on once an operator has cancelled it, though it was given up for a newer version', async () => {
    const script = scene.add();
    const hold = script.hold('requestRevert');
    const handle = await scene.start(script);
    const poll = script.hold('poll');
    await poll.reached;
    await scene.happen('newer version', script, handle);
    await hold.reached;
    await handle.cancel();
    hold.release();
    const cause = await scene.failure(handle);
    // It was superseded before: its own end stays what it was.
    assert.ok(cause instanceof ApplicationFailure && !(cause instanceof CancelledFailure), String(cause));
    assert.deepEqual(script.told, ['1 CREATE_FAILED: superseded by version 2']);
  });

  it('makes the plan anew after a refusal, if the configuration came meanwhile', async () => {
    const script = scene.add();
    script.config = undefined;
    const hold = script.hold('plan', 'after');
    const handle = await scene.start(script);
    await hold.reached;
    script.config = { version: 1 };
    await scene.ring(handle, 1);
    hold.release();
    assert.equal((await scene.result(handle)).outcome, 'created');
    assert.deepEqual(script.told, ['1 CREATE_COMPLETED']);
  });

  it('is served though the run was started with a request that can not be read', async () => {
    const script = scene.add();
    const handle = await scene.ask(script, 1, { version: 'x' }, 'createGateway');
    assert.equal((await scene.result(handle)).outcome, 'created');
    assert.deepEqual(script.told, ['1 CREATE_COMPLETED']);
    const alone = await scene.failure(await scene.start(scene.add(), 'createGateway', { version: 'x' }));
    assert.ok(alone instanceof ApplicationFailure && alone.type === 'InvalidRequest', String(alone));
  });

  it('looks again if its look has failed for good: the signal is not lost', async () => {
    const script = scene.add();
    const hold = script.hold('poll');
    const handle = await scene.start(script);
    await hold.reached;
    script.lookFailure = 'a defect';
    await scene.happen('newer version', script, handle);
    await scene.looked(script, handle);
    hold.release();
    const { version, ends } = await scene.result(handle);
    assert.equal(version, 2);
    assert.equal(ends?.length, 1);
  });

  it('goes on with the version whose configuration had vanished, and was written again', async () => {
    const script = scene.add();
    const [plan, look] = [script.hold('plan', 'after'), script.hold('configVersion', 'after')];
    const handle = await scene.start(script);
    await plan.reached;
    await scene.happen('vanished', script, handle);
    plan.release();
    await look.reached;
    script.config = { version: 1 };
    await scene.ring(handle, 1);
    look.release();
    assert.equal((await scene.result(handle)).outcome, 'created');
    assert.deepEqual(script.told, ['1 CREATE_COMPLETED']);
  });

  it('goes on for who has asked for a newer version than the run was started for, before that was planned', async () => {
    const script = scene.add();
    script.config = { version: 2 };
    const handle = await scene.ask(script, 2, { version: 1 });
    const { version, ends } = await scene.result(handle);
    assert.deepEqual([version, endsOf(ends)], [2, [[1, 'superseded', 'superseded by version 2']]]);
    assert.deepEqual(script.told, ['2 CREATE_COMPLETED']);
    const other = scene.add();
    other.config = { version: 2 };
    const alone = await scene.failure(await scene.ask(other, 1, { version: 1 }));
    assert.ok(alone instanceof ApplicationFailure && alone.type === 'InvalidRequest', String(alone));
  });

  it('does not end before every signal is answered by a look', async () => {
    const script = scene.add();
    const [publish, look] = [script.hold('publishCompleted'), script.hold('configVersion')];
    const handle = await scene.start(script);
    await publish.reached;
    script.config = { version: 2 };
    await scene.ring(handle, 2);
    await look.reached;
    publish.release();
    while ((await scene.progress(handle)).outcome === 'running') await sleep(10);
    assert.equal((await handle.describe()).status.name, 'RUNNING');
    look.release();
    const { version, ends } = await scene.result(handle);
    assert.deepEqual([version, endsOf(ends)], [2, [[1, 'created']]]);
  });

  it('is told of every signal, however close to its end that comes', async () => {
    const race = async (delayMs: number): Promise<void> => {
      const script = scene.add();
      const hold = script.hold('publishCompleted');
      await scene.start(script);
      await hold.reached;
      hold.release();
      // The end comes some ten milliseconds later: the signals come before it, in the midst of it, and after it.
      await sleep(delayMs);
      script.config = { version: 2 };
      const asked = await scene.ask(script, 2);
      await asked.result();
      assert.equal(script.told.at(-1), '2 CREATE_COMPLETED', `after ${delayMs} ms`);
    };
    await Promise.all(Array.from({ length: 24 }, (_, index) => race(index * 2.5)));
  });
});
