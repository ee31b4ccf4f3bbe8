import assert from 'node:assert/strict';
import { completedState, failedState } from '../../gateway/records.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { requestFor, useEtcd } from './fixture.ts';
import { configured, created, failed, keep } from './publication.ts';

describe('another attempt at a version that has failed', () => {
  const etcd = useEtcd();

  /** A gateway with `state` in `/state`. `stood`: the revision of `/state` that the attempt has planned on. */
  async function told(state: unknown = failedState(1, 'the first time')) {
    const scene = await configured(etcd());
    const stood = await scene.witness.put(scene.witness.keys.state, state);
    const request = requestFor(scene.gateway, scene.configRevision);
    const register = (replaces: string | undefined) =>
      scene.store.register({ ...request, planRecord: { ...request.planRecord, replaces } });
    const words = async () =>
      (await scene.witness.history(scene.witness.keys.state)).map(
        (one) => (one as { error: string }).error || 'made',
      );
    return { ...scene, stood, register, words };
  }

  const replacing = (gateway: GatewayVersion, replaces: string, error: string) => {
    const request = failed(gateway, { run: null, registered: false, error });
    return { ...request, outcome: { ...request.outcome, replaces } } as const;
  };

  it('registers over the failure that it was planned on, and over no other', async () => {
    const { witness, register, stood } = await told();
    assert.equal((await register(undefined)).kind, 'ended');
    assert.equal((await register('1')).kind, 'ended');
    assert.deepEqual(await witness.jobs(), []);
    assert.deepEqual(await register(stood), { kind: 'registered' });
  });

  for (const [name, state] of [
    ['what was made', completedState(1, {})],
    ['a newer version', failedState(2, 'why')],
    [
      'a newer version that needs nothing',
      { state: { worker_state: 'READ_COMPLETE' }, version: 2, error: '' },
    ],
  ] as const) {
    it(`takes the place of no failure but its own version’s: not of ${name}`, async () => {
      const { gateway, witness, register, stood, store } = await told(state);
      assert.equal((await register(stood)).kind, 'ended');
      assert.equal((await store.publish(replacing(gateway, stood, 'again'))).kind, 'already');
      assert.deepEqual(await witness.value(witness.keys.state), state);
    });
  }

  it('is published once as made, by its plan record', async () => {
    const { gateway, register, stood, words, store } = await told();
    await register(stood);
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'not kept' });
    await keep(etcd(), gateway);
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
    assert.equal((await store.publish(failed(gateway))).kind, 'already');
    assert.deepEqual(await words(), ['the first time', 'made']);
  });

  it('is published once as failed, and the attempt before it says nothing any more', async () => {
    const { gateway, register, stood, words, store } = await told();
    await register(stood);
    const late = failed(gateway, { run: 'run-0', error: 'late' });
    assert.equal((await store.publish(late)).kind, 'already');
    const own = failed(gateway, { error: 'the second time' });
    assert.deepEqual(await store.publish(own), { kind: 'published' });
    assert.deepEqual(await store.publish(own), { kind: 'published' });
    assert.equal((await store.publish(failed(gateway, { error: 'other' }))).kind, 'already');
    assert.equal((await store.publish(late)).kind, 'already');
    assert.deepEqual(await words(), ['the first time', 'the second time']);
  });

  it('that fails before it registers tells that once', async () => {
    const { gateway, stood, words, store } = await told();
    const request = replacing(gateway, stood, 'no such VLAN');
    assert.deepEqual(await store.publish(request), { kind: 'published' });
    assert.deepEqual(await store.publish(request), { kind: 'published' });
    assert.equal((await store.publish(replacing(gateway, stood, 'other'))).kind, 'already');
    assert.deepEqual(await words(), ['the first time', 'no such VLAN']);
  });

  it('finds a third one’s failure in place of the one that it was planned on, and writes nothing', async () => {
    const { gateway, witness, register, stood, store } = await told();
    await register(stood);
    const third = failedState(1, 'the first time');
    await witness.put(witness.keys.state, third);
    assert.equal((await store.publish(failed(gateway))).kind, 'already');
    await keep(etcd(), gateway);
    assert.equal((await store.publish(created(gateway))).kind, 'already');
    assert.deepEqual(await witness.value(witness.keys.state), third);
  });

  it('keeps its claims while the failure before it stands, and gives them back with its own', async () => {
    const { gateway, witness, register, stood, store } = await told();
    await register(stood);
    await store.freeClaims(gateway);
    assert.equal((await witness.ownClaims()).length, 4);
    await store.publish(failed(gateway));
    await store.freeClaims(gateway);
    assert.deepEqual(await witness.ownClaims(), []);
  });

  it('whose run has ended without a word is reverted before a newer version fails', async () => {
    const { gateway, witness, register, stood, store } = await told();
    await register(stood);
    await store.permitApply(gateway, 'run-1');
    await witness.configure(2);
    const newer = failed({ ...gateway, version: 2 }, { run: 'run-2', registered: false });
    assert.equal((await store.publish(newer)).kind, 'leftover');
    await store.markReverted(gateway, 'run-1');
    assert.deepEqual(await store.publish(failed(gateway)), { kind: 'published' });
    assert.deepEqual(await store.publish(newer), { kind: 'published' });
    assert.deepEqual(await witness.ownClaims(), []);
  });

  it('of a deletion of which nothing stands replaces exactly that failure', async () => {
    const { gateway, witness, store, stood } = await told({
      ...failedState(1, 'owed', 'delete'),
    });
    await witness.configure(1, true);
    assert.equal((await store.publishNothing(gateway)).kind, 'already');
    assert.equal((await store.publishNothing(gateway, '1')).kind, 'already');
    assert.deepEqual(await store.publishNothing(gateway, stood), { kind: 'published' });
    assert.deepEqual(await store.publishNothing(gateway, stood), { kind: 'published' });
    assert.deepEqual(await witness.value(witness.keys.state), completedState(1, {}, 'delete'));
  });

  it('of a deletion of which nothing stands, and whose configuration has vanished, leaves nothing for the next life', async () => {
    const { gateway, witness, store, stood } = await told({
      ...failedState(1, 'owed', 'delete'),
    });
    await witness.put(witness.keys.stack, { stack_id: 'of the life before' });
    await witness.remove(witness.keys.config);
    assert.deepEqual(await store.publishNothing(gateway, stood), { kind: 'published' });
    assert.equal(await witness.value(witness.keys.state), undefined);
    assert.equal(await witness.value(witness.keys.stack), undefined);
    assert.deepEqual(await store.publishNothing(gateway, stood), { kind: 'published' });
    assert.equal(await witness.value(witness.keys.state), undefined);
  });
});
