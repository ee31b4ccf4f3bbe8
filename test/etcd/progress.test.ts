import assert from 'node:assert/strict';
import { Witness, newGateway, requestFor, useEtcd } from './fixture.ts';

const WORDS = { downlink: 'ACTIVE', uplink: 'ACTIVE' };

describe('recording progress', () => {
  const etcd = useEtcd();

  async function registered() {
    const gateway = newGateway();
    const witness = new Witness(etcd().raw, gateway);
    const configRevision = await witness.configure();
    const { store } = etcd();
    await store.register(requestFor(gateway, configRevision));
    return {
      gateway,
      witness,
      store,
      stack: (run = 'run-1') => store.recordStack(gateway, run),
      monitoring: (words: Record<string, string> = WORDS, run = 'run-1') =>
        store.recordMonitoring(gateway, run, words),
    };
  }

  it('leaves each step in the history of job_state, as a write of its own', async () => {
    const { witness, stack, monitoring, gateway } = await registered();
    assert.deepEqual(await stack(), { kind: 'recorded' });
    assert.deepEqual(await monitoring(), { kind: 'recorded' });
    assert.deepEqual(await witness.history(witness.keys.jobState), [
      {},
      { heat_outputs: [] },
      { state_monitoring: WORDS, heat_outputs: [] },
    ]);
    assert.deepEqual(await witness.history(witness.keys.stack), [
      {
        stack_id: `vpn_gateway_${gateway.resourceId}`,
        tenant_id: 'tenant-1',
        stack_status: 'CREATE_COMPLETE',
        output: [],
        status_reason: 'Stack CREATE completed successfully',
        id: `vpn_gateway:${gateway.resourceId}`,
      },
    ]);
  });

  it('writes the stack and the first step together', async () => {
    const { witness, stack } = await registered();
    await stack();
    const written = await Promise.all(
      [witness.keys.stack, witness.keys.jobState].map((key) => witness.entry(key)),
    );
    assert.equal(written[0]?.mod_revision, written[1]?.mod_revision);
  });

  it('happens once, however often it is requested', async () => {
    const { witness, stack, monitoring } = await registered();
    await stack();
    await stack();
    await monitoring();
    await monitoring();
    assert.deepEqual(await stack(), { kind: 'recorded' });
    assert.equal((await witness.history(witness.keys.jobState)).length, 3);
    assert.equal((await witness.history(witness.keys.stack)).length, 1);
  });

  it('happens once when two calls come at the same moment', async () => {
    const { witness, stack } = await registered();
    assert.deepEqual(await Promise.all([stack(), stack()]), [{ kind: 'recorded' }, { kind: 'recorded' }]);
    assert.equal((await witness.history(witness.keys.jobState)).length, 2);
  });

  it('goes on when the same version was put again', async () => {
    const { witness, stack, monitoring } = await registered();
    await witness.configure();
    assert.deepEqual(await stack(), { kind: 'recorded' });
    await witness.configure();
    assert.deepEqual(await monitoring(), { kind: 'recorded' });
  });

  it('stops when the same version was put again with another body', async () => {
    const { witness, stack, monitoring } = await registered();
    await witness.rewrite();
    assert.deepEqual(await stack(), { kind: 'rewritten' });
    await witness.configure();
    assert.deepEqual(await stack(), { kind: 'recorded' });
    await witness.rewrite();
    assert.deepEqual(await monitoring(), { kind: 'rewritten' });
  });

  it('stops when the version moved on or the configuration vanished', async () => {
    const { witness, stack, monitoring } = await registered();
    await witness.configure(2);
    assert.deepEqual(await stack(), { kind: 'superseded', version: 2 });
    await witness.remove(witness.keys.config);
    assert.deepEqual(await monitoring(), { kind: 'superseded', version: null });
    assert.deepEqual(await witness.history(witness.keys.jobState), [{}]);
    assert.equal(await witness.value(witness.keys.stack), undefined);
  });

  it('stays recorded once the monitoring is, whatever the configuration has by then', async () => {
    const { witness, stack, monitoring } = await registered();
    await stack();
    await monitoring();
    const again = async () => {
      assert.deepEqual(await monitoring(), { kind: 'recorded' });
      assert.notEqual((await monitoring(WORDS, 'run-2')).kind, 'recorded');
    };
    await witness.rewrite();
    await again();
    await witness.configure(1, true);
    await again();
    await witness.configure(2);
    await again();
    await witness.remove(witness.keys.config);
    await again();
    assert.equal((await witness.history(witness.keys.jobState)).length, 3);
  });

  it('overwrites nothing that it does not know', async () => {
    const { witness, stack, monitoring } = await registered();
    const strange = { heat_outputs: ['somebody else’s'] };
    await witness.put(witness.keys.jobState, strange);
    assert.deepEqual(await monitoring(), { kind: 'lost', found: JSON.stringify(strange) });
    await witness.put(witness.keys.jobState, 'nonsense');
    assert.deepEqual(await stack(), { kind: 'lost', found: 'nonsense' });
    await witness.remove(witness.keys.jobState);
    assert.deepEqual(await stack(), { kind: 'lost', found: 'nothing' });
    assert.equal(await witness.value(witness.keys.jobState), undefined);
  });

  it('does not skip the first step, nor write other words over the recorded ones', async () => {
    const { stack, monitoring } = await registered();
    assert.deepEqual(await monitoring(), { kind: 'lost', found: '{}' });
    await stack();
    await monitoring();
    assert.equal((await monitoring({ downlink: 'ACTIVE' })).kind, 'lost');
  });

  it('is refused to a run that does not own the registration', async () => {
    const { stack, monitoring } = await registered();
    assert.deepEqual(await stack('run-2'), { kind: 'void' });
    assert.deepEqual(await monitoring(WORDS, 'run-2'), { kind: 'void' });
  });

  it('is told apart from a registration that is gone', async () => {
    const { stack, monitoring, witness } = await registered();
    await witness.remove(witness.keys.plan);
    assert.deepEqual(await stack(), { kind: 'gone' });
    assert.deepEqual(await monitoring(), { kind: 'gone' });
  });
});
