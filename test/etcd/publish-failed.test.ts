import assert from 'node:assert/strict';
import { completedState } from '../../gateway/records.ts';
import { requestFor, useEtcd } from './fixture.ts';
import { WORDS, configured, failed, onTrial } from './publication.ts';

describe('publishing a failure', () => {
  const etcd = useEtcd();

  it('before anything was registered writes /state and nothing else', async () => {
    const { gateway, witness, store } = await configured(etcd());
    const before = Number(await witness.revision());
    const request = failed(gateway, { run: null, registered: false, error: 'bad\nVLAN' });
    assert.deepEqual(await store.publish(request), { kind: 'published' });
    assert.deepEqual(await witness.value(witness.keys.state), {
      state: { worker_state: 'CREATE_FAILED', heat_outputs: '[]' },
      version: 1,
      error: 'bad VLAN',
    });
    assert.equal(Number(await witness.revision()), before + 1);
    for (const key of ['stack', 'jobState', 'monitoring', 'plan'] as const) {
      assert.equal(await witness.value(witness.keys[key]), undefined);
    }
    assert.deepEqual(await store.publish(request), { kind: 'published' });
  });

  it('after registration gives the stack the reason and the jobs their retention', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    assert.deepEqual(await store.publish(failed(gateway, { clean: false })), {
      kind: 'published',
    });
    assert.deepEqual(await witness.value(witness.keys.stack), {
      stack_id: '',
      tenant_id: 'tenant-1',
      stack_status: 'CREATE_FAILED',
      output: [],
      status_reason: 'why',
      id: `vpn_gateway:${gateway.resourceId}`,
    });
    const jobs = await witness.jobs();
    assert.equal(jobs.length, 2);
    for (const id of jobs) {
      assert.notEqual((await witness.entry(`/jobs/all/${id}`))?.lease, '0');
    }
    assert.deepEqual(await witness.value(witness.keys.jobState), {
      state_monitoring: WORDS,
      heat_outputs: [],
    });
  });

  it('with clean routers gives back claims and plan record', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    await store.markReverted(gateway, 'run-1');
    await store.publish(failed(gateway));
    assert.deepEqual(await witness.ownClaims(), []);
    assert.equal(await store.planRecord(gateway), undefined);
    assert.deepEqual(await store.permitApply(gateway, 'run-1'), { kind: 'gone' });
  });

  it('leaves claims and plan record while a router may carry the gateway, whatever the call says', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    await store.publish(failed(gateway));
    assert.equal((await witness.ownClaims()).length, 4);
    assert.equal((await store.planRecord(gateway))?.mayBeApplied, true);
  });

  it('says nothing before it has registered, where an earlier run may have something on the routers (T6)', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    const record = await store.planRecord(gateway);
    for (const version of [1, 2]) {
      await witness.configure(version);
      const request = failed({ ...gateway, version }, { run: 'another', registered: false });
      assert.deepEqual(await store.publish(request), { kind: 'leftover', record });
    }
    assert.equal(await witness.value(witness.keys.state), undefined);
    await store.publish(failed(gateway, { clean: false }));
    const next = failed({ ...gateway, version: 2 }, { run: 'another', registered: false });
    assert.deepEqual(await store.publish(next), { kind: 'published' });
    assert.equal((await store.planRecord(gateway))?.mayBeApplied, true);
  });

  it('says it only once where an earlier run has failed behind a configuration that has vanished', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    await witness.remove(witness.keys.config);
    const next = failed({ ...gateway, version: 2 }, { run: 'another', registered: false });
    const record = await store.planRecord(gateway);
    assert.deepEqual(await store.publish(next), { kind: 'leftover', record });
    await store.publish(failed(gateway, { clean: false }));
    assert.deepEqual(await store.publish(next), { kind: 'published' });
    assert.equal(await witness.value(witness.keys.state), undefined);
    assert.equal((await store.planRecord(gateway))?.mayBeApplied, true);
  });

  it('ends with it what an earlier run had registered, if no router carries anything of that', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    await store.markReverted(gateway, 'run-1');
    const request = failed(gateway, { run: 'another', registered: false });
    assert.deepEqual(await store.publish(request), { kind: 'published' });
    assert.deepEqual(await witness.ownClaims(), []);
    assert.equal(await store.planRecord(gateway), undefined);
    for (const id of await witness.jobs()) {
      assert.notEqual((await witness.entry(`/jobs/all/${id}`))?.lease, '0');
    }
  });

  it('says nothing of what it had registered, and has forgotten in a reset, while a router may carry it (T6)', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    const request = failed(gateway, { registered: false });
    const record = await store.planRecord(gateway);
    assert.deepEqual(await store.publish(request), { kind: 'leftover', record });
    assert.equal(await witness.value(witness.keys.state), undefined);
    assert.equal((await witness.ownClaims()).length, 4);
  });

  it('finds out by itself that it had registered', async () => {
    const { gateway, configRevision, witness, store } = await configured(etcd());
    await store.register(requestFor(gateway, configRevision));
    await store.publish(failed(gateway, { registered: false }));
    assert.deepEqual(await witness.ownClaims(), []);
    assert.equal(await store.planRecord(gateway), undefined);
    const stack = (await witness.value(witness.keys.stack)) as { stack_status: string };
    assert.equal(stack.stack_status, 'CREATE_FAILED');
  });

  it('is published at its own version after the configuration moved on', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    await witness.configure(2);
    assert.deepEqual(await store.publish(failed(gateway)), { kind: 'published' });
    assert.equal((await store.state(gateway))?.version, 1);
  });

  it('does not touch the records of a run that took over', async () => {
    const { gateway, configRevision, witness, store } = await onTrial(etcd());
    await store.register(requestFor(gateway, configRevision, { run: 'run-2', jobs: 'bbbbb' }));
    const revision = await witness.revision();
    assert.deepEqual(await store.publish(failed(gateway)), { kind: 'void' });
    assert.equal(await witness.revision(), revision);
    assert.equal((await witness.ownClaims()).length, 4);
    assert.equal((await store.planRecord(gateway))?.run, 'run-2');
  });

  it('is not published of a gateway that both routers carry for good', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    const plan = (await witness.value(witness.keys.plan)) as object;
    await witness.put(witness.keys.plan, { ...plan, kept: true });
    const revision = await witness.revision();
    assert.deepEqual(await store.publish(failed(gateway, { clean: false })), { kind: 'kept' });
    assert.equal(await witness.revision(), revision);
  });

  it('comes too late when a newer version has registered: that one publishes the outcome', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    const plan = (await witness.value(witness.keys.plan)) as object;
    await witness.put(witness.keys.plan, { ...plan, gateway: { ...gateway, version: 2 }, run: 'run-2' });
    const revision = await witness.revision();
    for (const scheduled of [undefined, 5]) {
      assert.deepEqual(await store.publish(failed(gateway, { scheduled })), { kind: 'void' });
    }
    assert.equal(await witness.revision(), revision);
  });

  it('does not take away a claim that has become another’s', async () => {
    const { gateway, configRevision, witness, store } = await configured(etcd());
    await store.register(requestFor(gateway, configRevision));
    const [claim] = await witness.ownClaims();
    const other = { resourceType: 'vpn_gateway', resourceId: 'other' };
    await witness.put(`/gateway-saga/claims/${claim}`, other);
    await store.publish(failed(gateway));
    assert.deepEqual(await witness.value(`/gateway-saga/claims/${claim}`), other);
    assert.deepEqual(await witness.ownClaims(), []);
  });

  it('is one line of at most 500 characters', async () => {
    const { gateway, store } = await configured(etcd());
    const error = `first\r\n\tsecond\u2028third ${'x'.repeat(2_000)}`;
    await store.publish(failed(gateway, { error, registered: false }));
    const told = (await store.state(gateway))?.error ?? '';
    assert.match(told, /^first second third x+…$/);
    assert.equal(told.length, 500);
  });

  it('of an older version leaves the plan, the claims and the jobs of a newer one as they are', async () => {
    const { gateway, witness, store } = await configured(etcd());
    const newer = { ...gateway, version: 2 };
    const configRevision = await witness.configure(2);
    await store.register(requestFor(newer, configRevision, { run: 'run-2' }));
    const before = await Promise.all([
      witness.entry(witness.keys.plan),
      witness.entry(witness.keys.jobState),
    ]);
    const claims = await witness.ownClaims();
    const request = failed(gateway, { run: null, registered: false });
    assert.deepEqual(await store.publish(request), { kind: 'published' });
    const after = await Promise.all([witness.entry(witness.keys.plan), witness.entry(witness.keys.jobState)]);
    assert.deepEqual(after, before);
    assert.deepEqual(await witness.ownClaims(), claims);
    assert.equal(await witness.value(witness.keys.stack), undefined);
  });

  for (const [what, marked, word] of [
    ['an older version stands', false, 'MODIFY_FAILED'],
    ['it is to be deleted', true, 'DELETE_FAILED'],
  ] as const)
    it(`of which no record tells the action has the word for it: ${what}`, async () => {
      const { gateway, witness, store } = await configured(etcd());
      await witness.put(witness.keys.state, completedState(1, WORDS));
      await witness.configure(2, marked);
      const next = { ...gateway, version: 2 };
      assert.deepEqual(await store.publish(failed(next, { run: 'run-2' })), { kind: 'published' });
      assert.equal((await store.state(gateway))?.workerState, word);
    });

  it('of a version that was superseded is told only if the run had registered after all, and then nothing of it stays', async () => {
    const { gateway, configRevision, witness, store } = await configured(etcd());
    const { outcome, ...rest } = failed(gateway, { registered: false });
    const superseded = { ...rest, outcome: { ...outcome, isSuperseded: true } };
    assert.deepEqual(await store.publish(superseded), { kind: 'void' });
    assert.equal(await store.state(gateway), undefined);
    // The run has registered after all; only the answer was lost.
    await store.register(requestFor(gateway, configRevision));
    assert.deepEqual(await store.publish({ ...superseded, run: 'another' }), { kind: 'void' });
    assert.deepEqual(await store.publish(superseded), { kind: 'published' });
    assert.equal((await store.state(gateway))?.workerState, 'CREATE_FAILED');
    assert.deepEqual(await witness.ownClaims(), []);
    assert.equal(await store.planRecord(gateway), undefined);
  });
});
