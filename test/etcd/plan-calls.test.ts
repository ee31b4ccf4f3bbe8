import assert from 'node:assert/strict';
import { BOTH, Witness, newGateway, requestFor, useEtcd } from './fixture.ts';

describe('attempt numbers', () => {
  const etcd = useEtcd();

  async function registered(run = 'run-1') {
    const gateway = newGateway();
    const witness = new Witness(etcd().raw, gateway);
    const configRevision = await witness.configure();
    await etcd().store.register(requestFor(gateway, configRevision, { run }));
    return { gateway, witness, configRevision, store: etcd().store };
  }

  it('rise with each attempt, and only the last one may be confirmed', async () => {
    const { gateway, store } = await registered();
    const first = await store.beginAttempt(gateway, 'run-1');
    assert.equal(first.kind === 'begun' && first.record.attempt, 1);
    const second = await store.beginAttempt(gateway, 'run-1');
    assert.equal(second.kind === 'begun' && second.record.attempt, 2);
    assert.equal(await store.confirmAttempt(gateway, 1, ['primary']), false);
    assert.deepEqual((await store.planRecord(gateway))?.mayCarry, []);
    assert.equal(await store.confirmAttempt(gateway, 2, ['secondary']), true);
    assert.equal(await store.confirmAttempt(gateway, 2, ['primary']), true);
    assert.deepEqual((await store.planRecord(gateway))?.mayCarry, BOTH);
  });

  it('are given out once, even to two who begin at the same moment', async () => {
    const { gateway, store } = await registered();
    const begun = await Promise.all(Array.from({ length: 4 }, () => store.beginAttempt(gateway, 'run-1')));
    const numbers = begun.map((outcome) => (outcome.kind === 'begun' ? outcome.record.attempt : 0));
    assert.deepEqual(new Set(numbers), new Set([1, 2, 3, 4]));
    const confirmed = await Promise.all(
      [1, 2, 3, 4].map((attempt) => store.confirmAttempt(gateway, attempt, BOTH)),
    );
    assert.deepEqual(confirmed, [false, false, false, true]);
  });

  it('confirmed twice are confirmed once', async () => {
    const { gateway, store, witness } = await registered();
    await store.beginAttempt(gateway, 'run-1');
    await store.confirmAttempt(gateway, 1, BOTH);
    const revision = await witness.revision();
    assert.equal(await store.confirmAttempt(gateway, 1, BOTH), true);
    assert.equal(await witness.revision(), revision);
  });

  it('are given to no call that is older than one that was heard since, as after a reset', async () => {
    const { gateway, store, witness } = await registered();
    const begun = await store.beginAttempt(gateway, 'run-1', 2_000);
    assert.equal(begun.kind === 'begun' && begun.record.scheduled, 2_000);
    const revision = await witness.revision();
    assert.deepEqual(await store.beginAttempt(gateway, 'run-1', 1_000), { kind: 'void' });
    assert.equal(await store.voidAttempts(gateway, 'run-1', 1_000), undefined);
    assert.equal(await witness.revision(), revision);
    assert.equal((await store.voidAttempts(gateway, 'run-1', 3_000))?.scheduled, 3_000);
    assert.deepEqual(await store.beginAttempt(gateway, 'run-1', 2_000), { kind: 'void' });
    assert.equal((await store.voidAttempts(gateway, 'run-1'))?.scheduled, 3_000);
  });

  it('are all void for the undo, which gets the next and what routers may carry', async () => {
    const { gateway, store } = await registered();
    await store.beginAttempt(gateway, 'run-1');
    await store.confirmAttempt(gateway, 1, ['primary']);
    const record = await store.voidAttempts(gateway, 'run-1');
    assert.equal(record?.attempt, 2);
    assert.deepEqual(record.mayCarry, ['primary']);
    assert.equal(await store.confirmAttempt(gateway, 1, BOTH), false);
    assert.equal(await store.markClean(gateway, 1, BOTH), false);
    assert.equal(await store.markClean(gateway, 2, ['primary']), true);
    assert.deepEqual((await store.planRecord(gateway))?.mayCarry, []);
  });

  it('cannot be begun once the configuration moved on, but can be voided', async () => {
    const { gateway, store, witness } = await registered();
    await witness.configure(2);
    assert.deepEqual(await store.beginAttempt(gateway, 'run-1'), { kind: 'superseded', version: 2 });
    assert.equal((await store.voidAttempts(gateway, 'run-1'))?.attempt, 1);
    await witness.remove(witness.keys.config);
    assert.deepEqual(await store.beginAttempt(gateway, 'run-1'), {
      kind: 'superseded',
      version: null,
    });
  });

  it('can be begun after the configuration was put again at the same version', async () => {
    const { gateway, store, witness } = await registered();
    await witness.configure();
    assert.equal((await store.beginAttempt(gateway, 'run-1')).kind, 'begun');
  });

  it('are void without a record, for another run and for another version', async () => {
    const { gateway, store, witness } = await registered();
    assert.deepEqual(await store.beginAttempt(gateway, 'run-2'), { kind: 'void' });
    assert.equal(await store.voidAttempts(gateway, 'run-2'), undefined);
    const other = { ...gateway, version: 2 };
    assert.equal(await store.voidAttempts(other, 'run-1'), undefined);
    assert.equal(await store.confirmAttempt(other, 0, BOTH), false);
    assert.equal(await store.markClean(other, 0, BOTH), false);
    await witness.remove(witness.keys.plan);
    assert.deepEqual(await store.beginAttempt(gateway, 'run-1'), { kind: 'void' });
    assert.equal(await store.confirmAttempt(gateway, 0, BOTH), false);
  });

  for (const [name, value] of [
    ['no JSON', 'nonsense'],
    ['half a record', '{"gateway":{"version":1},"run":"run-1","attempt":1}'],
  ] as const) {
    it(`are refused to everybody while the record is ${name}`, async () => {
      const { gateway, store, witness } = await registered();
      await witness.put(witness.keys.plan, value);
      const corrupt = { name: 'StoreCorruptError', key: witness.keys.plan };
      await assert.rejects(store.beginAttempt(gateway, 'run-1'), corrupt);
      await assert.rejects(store.planRecord(gateway), corrupt);
    });
  }
});
