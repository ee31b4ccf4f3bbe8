import assert from 'node:assert/strict';
import { readComplete } from '../../gateway/records.ts';
import { requestFor, useEtcd } from './fixture.ts';
import { WORDS, configured, created, failed, keep, monitored, onTrial } from './publication.ts';

describe('publishing a success', () => {
  const etcd = useEtcd();

  it('writes /state once, without a lease, its strings byte for byte', async () => {
    const { gateway, witness, store } = await monitored(etcd());
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
    assert.deepEqual(await witness.history(witness.keys.state), [
      {
        state: {
          state_monitoring: '{"downlink": "ACTIVE", "uplink": "ACTIVE"}',
          worker_state: 'CREATE_COMPLETED',
          heat_outputs: '[]',
        },
        version: 1,
        error: '',
      },
    ]);
    const entry = await witness.entry(witness.keys.state);
    assert.equal(entry?.lease, '0');
    assert.deepEqual(await store.state(gateway), {
      version: 1,
      revision: entry?.mod_revision,
      workerState: 'CREATE_COMPLETED',
      error: '',
    });
  });

  it('takes the place of READ_COMPLETE at its version, which was written before there was a kind', async () => {
    const { gateway, witness, store, configRevision } = await configured(etcd());
    await witness.put(witness.keys.state, readComplete(1));
    assert.deepEqual(await store.register(requestFor(gateway, configRevision)), { kind: 'registered' });
    await store.permitApply(gateway, 'run-1');
    await keep(etcd(), gateway);
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
    assert.equal((await store.state(gateway))?.workerState, 'CREATE_COMPLETED');
  });

  it('writes nothing to /monitoring: it would say MASTER for as long as the gateway stands', async () => {
    const { gateway, witness, store } = await monitored(etcd());
    await store.publish(created(gateway));
    assert.equal(await witness.value(witness.keys.monitoring), undefined);
  });

  it('leaves job records and job_state for the retention time, and no longer', async function () {
    this.timeout(20_000);
    const { gateway, witness, store } = await monitored(etcd());
    const before = await witness.jobs();
    await store.publish(created(gateway, 'run-1', 2));
    const keys = [witness.keys.jobState, ...before.map((id) => `/jobs/all/${id}`)];
    const entries = await Promise.all(keys.map((key) => witness.entry(key)));
    const leases = new Set(entries.map((entry) => entry?.lease));
    assert.equal(leases.size, 1);
    const [ID] = leases;
    assert.ok(ID !== undefined && ID !== '0');
    const life = await etcd().raw.leaseClient.leaseTimeToLive({ ID, keys: true });
    assert.equal(life.grantedTTL, '2');
    assert.equal(life.keys.length, 3);
    assert.deepEqual(await witness.value(witness.keys.jobState), {
      state_monitoring: WORDS,
      heat_outputs: [],
    });
    // The store stays connected all the while: if it renewed the lease, this would never end.
    while ((await witness.entry(witness.keys.jobState)) !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.deepEqual(await witness.jobs(), []);
    assert.notEqual(await witness.value(witness.keys.state), undefined);
    assert.equal((await witness.ownClaims()).length, 4);
  });

  it('leaves claims, plan record and stack for good', async () => {
    const { gateway, witness, store } = await monitored(etcd());
    await store.publish(created(gateway));
    assert.equal((await witness.ownClaims()).length, 4);
    assert.equal((await store.planRecord(gateway))?.mayBeApplied, true);
    assert.equal((await witness.entry(witness.keys.plan))?.lease, '0');
    assert.equal((await witness.entry(witness.keys.stack))?.lease, '0');
  });

  it('happens once, however often it is requested', async () => {
    const { gateway, witness, store } = await monitored(etcd());
    const outcomes = await Promise.all([store.publish(created(gateway)), store.publish(created(gateway))]);
    outcomes.push(await store.publish(created(gateway)));
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['published', 'published', 'published'],
    );
    assert.equal((await witness.history(witness.keys.state)).length, 1);
  });

  it('is one when the same version was put again', async () => {
    const { gateway, witness, store } = await monitored(etcd());
    await witness.configure();
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
  });

  it('is none for a run that lost its registration', async () => {
    const { gateway, configRevision, witness, store } = await onTrial(etcd());
    await store.register(requestFor(gateway, configRevision, { run: 'run-2', jobs: 'bbbbb' }));
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'void' });
    await witness.remove(witness.keys.plan);
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'gone' });
    assert.equal(await store.state(gateway), undefined);
  });

  it('overwrites neither another outcome of this version nor a newer one', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    await store.publish(failed(gateway, { error: 'was first', clean: false }));
    const revision = (await witness.entry(witness.keys.state))?.mod_revision;
    assert.deepEqual(await store.publish(created(gateway)), {
      kind: 'already',
      state: { version: 1, revision, workerState: 'CREATE_FAILED', error: 'was first' },
    });
    const newer = { state: { worker_state: 'MODIFY_COMPLETED' }, version: 2, error: '' };
    await witness.put(witness.keys.state, newer);
    assert.equal((await store.publish(created(gateway))).kind, 'already');
    assert.deepEqual(await witness.value(witness.keys.state), newer);
  });

  it('replaces the outcome of an older version', async () => {
    const { gateway, witness, store } = await monitored(etcd());
    await witness.put(witness.keys.state, { state: {}, version: 0, error: '' });
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
    assert.equal((await store.state(gateway))?.version, 1);
  });

  it('stands when a failure comes after it', async () => {
    const { gateway, store } = await monitored(etcd());
    await store.publish(created(gateway));
    const outcome = await store.publish(failed(gateway));
    assert.equal(outcome.kind === 'already' && outcome.state.workerState, 'CREATE_COMPLETED');
    assert.notEqual(await store.planRecord(gateway), undefined);
  });

  it('wins or loses as a whole against a failure at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { gateway, witness, store } = await monitored(etcd());
      await store.markReverted(gateway, 'run-1');
      await keep(etcd(), gateway);
      const [success, failure] = await Promise.all([
        store.publish(created(gateway)),
        store.publish(failed(gateway)),
      ]);
      const word = (await store.state(gateway))?.workerState;
      const won = word === 'CREATE_COMPLETED';
      assert.equal(success.kind === 'published', won);
      assert.equal(failure.kind === 'published', !won);
      assert.equal((await witness.ownClaims()).length, won ? 4 : 0);
      assert.equal((await witness.history(witness.keys.state)).length, 1);
    }
  });
});
