/** A saga that waits for a parent or a child, over activities that say so. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { WAKE_SIGNAL } from '../../gateway/messages.ts';
import type { Awaited } from '../../gateway/outcomes.ts';
import type { WorkflowHandle } from '@temporalio/client';
import { SupersedingScene } from './superseding-scene.ts';
import type { Script } from './scripted.ts';

const PARENT: Awaited = {
  gateway: { resourceType: 'vpn_gateway', resourceId: 'p-1' },
  name: 'acme-fra',
  version: 2,
  phase: 'applying',
};

describe('a saga whose parent has to end first', function () {
  this.timeout(30_000);
  let scene: SupersedingScene;
  before(async () => (scene = await SupersedingScene.open()));
  after(() => scene.close());

  const waiting = async (script: Script, handle: WorkflowHandle): Promise<string> => {
    for (;;) {
      const { steps, outcome } = await scene.progress(handle);
      const step = steps.at(-1);
      if (step?.step === 'wait' && step.status === 'running') return step.waitingFor ?? '';
      assert.equal(outcome, 'running', script.told.join());
    }
  };
  const begun = async () => {
    const script = scene.add();
    script.awaited = PARENT;
    const handle = await scene.start(script);
    const words = await waiting(script, handle);
    return { script, handle, words };
  };
  const eventsOf = async (handle: WorkflowHandle): Promise<readonly string[]> => {
    const { events } = await scene.client.getHandle(handle.workflowId).fetchHistory();
    return (events ?? []).map(
      (event) => Object.keys(event).find((key) => key.endsWith('EventAttributes')) ?? '',
    );
  };

  it('says what it waits for, and goes on when it is woken', async () => {
    const { script, handle, words } = await begun();
    assert.equal(words, 'vpn_gateway acme-fra (p-1), version 2, applying');
    script.awaited = undefined;
    await handle.signal(WAKE_SIGNAL);
    assert.equal((await scene.result(handle)).outcome, 'created');
    const { events } = await handle.fetchHistory();
    const timer = events?.find(({ timerStartedEventAttributes }) => timerStartedEventAttributes);
    const summary = Buffer.from(timer?.userMetadata?.summary?.data ?? []).toString();
    assert.equal(summary, `"waits for ${words}"`);
    assert.equal(script.count('plan'), 1);
    const waited = script.waited[1];
    assert.deepEqual(waited?.awaited, PARENT.gateway);
    assert.deepEqual([script.waited[0], script.waited.length], [null, 2]);
    assert.deepEqual(script.woken, [true]);
  });

  it('is taken for one that comes alone, if it did not have to wait', async () => {
    const script = scene.add();
    await scene.result(await scene.start(script));
    assert.deepEqual(script.woken, [false]);
  });

  it('waits again if that is still so, with the same jobs', async () => {
    const { script, handle } = await begun();
    await handle.signal(WAKE_SIGNAL);
    while (script.count('register') < 2) await setTimeout(10);
    await waiting(script, handle);
    script.awaited = undefined;
    await handle.signal(WAKE_SIGNAL);
    await scene.result(handle);
    assert.equal(script.count('register'), 3);
    assert.deepEqual(script.waited[1]?.jobs, script.waited[2]?.jobs);
  });

  it('tells the next registration who has woken it without being waited for', async () => {
    const { script, handle } = await begun();
    const other = { resourceType: 'static_route', resourceId: 'r-1' };
    for (const by of [{ resourceType: 7 }, null, 'nobody', other]) {
      const before = script.count('register');
      await handle.signal(WAKE_SIGNAL, by);
      while (script.count('register') === before) await setTimeout(10);
      await waiting(script, handle);
    }
    script.awaited = undefined;
    await handle.signal(WAKE_SIGNAL, PARENT.gateway);
    await scene.result(handle);
    assert.deepEqual(script.wokenBy, [other]);
  });

  it('adds six events to its history for each wait', async () => {
    const { script, handle } = await begun();
    const before = (await eventsOf(handle)).length;
    script.awaited = undefined;
    const hold = script.hold('register');
    await handle.signal(WAKE_SIGNAL);
    await hold.reached;
    const added = (await eventsOf(handle)).slice(before - 1);
    hold.release();
    await scene.result(handle);
    const scheduled = added.indexOf('activityTaskScheduledEventAttributes');
    assert.deepEqual(added.slice(0, scheduled), [
      'timerStartedEventAttributes',
      'workflowExecutionSignaledEventAttributes',
      'workflowTaskScheduledEventAttributes',
      'workflowTaskStartedEventAttributes',
      'workflowTaskCompletedEventAttributes',
      'timerCanceledEventAttributes',
    ]);
  });

  it('does not miss a wake that comes while it still registers', async () => {
    const script = scene.add();
    script.awaited = PARENT;
    const hold = script.hold('register', 'after');
    const handle = await scene.start(script);
    await hold.reached;
    script.awaited = undefined;
    await handle.signal(WAKE_SIGNAL);
    hold.release();
    assert.equal((await scene.result(handle)).outcome, 'created');
    assert.equal(script.count('register'), 2);
  });

  it('is cancelled at once, and says what it had written', async () => {
    const { script, handle } = await begun();
    await handle.cancel();
    await scene.failure(handle);
    assert.deepEqual(script.told, ['1 CREATE_FAILED: cancelled']);
    assert.deepEqual(script.waited.at(-1)?.awaited, PARENT.gateway);
    assert.equal(script.count('requestApply') + script.count('requestRevert'), 0);
  });

  it('gives way to a newer version, of which alone is told', async () => {
    const { script, handle } = await begun();
    script.awaited = undefined;
    await scene.happen('newer version', script, handle);
    assert.equal((await scene.result(handle)).version, 2);
    assert.deepEqual(script.told, ['2 CREATE_COMPLETED']);
    assert.deepEqual(script.waited, [null, script.waited[1], null]);
    assert.deepEqual(script.waited[1]?.awaited, PARENT.gateway);
  });

  it('does not mind a wake when it waits for nothing', async () => {
    const script = scene.add();
    const hold = script.hold('poll');
    const handle = await scene.start(script);
    await hold.reached;
    await handle.signal(WAKE_SIGNAL);
    hold.release();
    assert.equal((await scene.result(handle)).outcome, 'created');
    assert.equal(script.count('register'), 1);
  });
});

describe('a saga that nobody wakes', function () {
  this.timeout(30_000);
  let scene: SupersedingScene;
  before(async () => (scene = await SupersedingScene.open('impatient-gateways.ts')));
  after(() => scene.close());

  it('looks by itself, each time after twice as long, up to a limit', async () => {
    const script = scene.add();
    script.awaited = PARENT;
    const handle = await scene.start(script);
    while (script.count('register') < 5) await setTimeout(10);
    script.awaited = undefined;
    assert.equal((await scene.result(handle)).outcome, 'created');
    const { events } = await scene.client.getHandle(handle.workflowId).fetchHistory();
    const timers = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
      timer?.startToFireTimeout ? [(timer.startToFireTimeout.nanos ?? 0) / 1e6] : [],
    );
    assert.deepEqual(timers.slice(0, 4), [100, 200, 400, 400]);
  });
});

describe('a saga that waits until its history is large', function () {
  this.timeout(30_000);
  let scene: SupersedingScene;
  before(async () => (scene = await SupersedingScene.open('tired-gateways.ts')));
  after(() => scene.close());

  const runOf = async ({ workflowId }: WorkflowHandle) =>
    (await scene.client.getHandle(workflowId).describe()).runId;
  /** Wakes it until another run goes on with the wait. */
  const renewed = async (input: object = {}) => {
    const script = scene.add();
    script.awaited = PARENT;
    const handle = await scene.start(script, 'applyGateway', input);
    const first = await runOf(handle);
    for (let looks = 1; (await runOf(handle)) === first;) {
      assert.ok(looks < 12, 'it never continues as new');
      if (script.count('register') < looks) await setTimeout(10);
      else {
        looks += 1;
        await handle.signal(WAKE_SIGNAL);
      }
    }
    while (script.count('plan') < 2) await setTimeout(10);
    return { script, handle: scene.client.getHandle(handle.workflowId), first: handle };
  };

  it('continues as new with the same request, and tells its plan what it had written', async () => {
    const { script, handle, first } = await renewed({ version: 1, again: true });
    script.awaited = undefined;
    await handle.signal(WAKE_SIGNAL);
    assert.equal((await scene.result(first)).outcome, 'created');
    const [before, after] = script.plans;
    assert.equal(before?.waited, undefined);
    assert.deepEqual(after, { ...before, waited: script.waited[1] });
    assert.equal(script.waited.at(-1)?.run, script.waited[1]?.run);
    assert.deepEqual(script.woken, [true]);
    assert.deepEqual(script.told, ['1 CREATE_COMPLETED']);
  });

  it('carries its wait to the end, if that is a cancel', async () => {
    const { script, handle } = await renewed();
    await handle.cancel();
    await scene.failure(handle);
    assert.deepEqual(script.told, ['1 CREATE_FAILED: cancelled']);
    assert.deepEqual(script.waited.at(-1)?.awaited, PARENT.gateway);
  });

  it('says in its result how the versions before ended', async () => {
    const script = scene.add();
    script.awaited = PARENT;
    const handle = await scene.start(script);
    while (script.count('register') < 1) await setTimeout(10);
    await scene.happen('newer version', script, handle);
    while (script.count('plan') < 3) {
      await scene.client.getHandle(handle.workflowId).signal(WAKE_SIGNAL);
      await setTimeout(50);
    }
    script.awaited = undefined;
    await scene.client.getHandle(handle.workflowId).signal(WAKE_SIGNAL);
    const { version, ends } = await scene.result(handle);
    assert.equal(version, 2);
    assert.deepEqual(
      ends?.map((one) => [one.version, one.outcome]),
      [[1, 'superseded']],
    );
  });
});

describe('a saga to which the server always suggests that it continues as new', function () {
  this.timeout(30_000);
  let scene: SupersedingScene;
  before(async () => (scene = await SupersedingScene.open('exhausted-gateways.ts')));
  after(() => scene.close());

  it('does so once for each time that it was woken, and waits in between', async () => {
    const script = scene.add();
    script.awaited = PARENT;
    const handle = await scene.start(script);
    for (let runs = 1; runs <= 3; runs += 1) {
      const waits = async () => (await scene.progress(handle)).steps.at(-1)?.step === 'wait';
      while (script.count('plan') < runs || !(await waits())) await setTimeout(10);
      assert.equal(script.count('plan'), runs);
      await scene.client.getHandle(handle.workflowId).signal(WAKE_SIGNAL);
    }
    script.awaited = undefined;
    assert.equal((await scene.result(handle)).outcome, 'created');
  });
});
