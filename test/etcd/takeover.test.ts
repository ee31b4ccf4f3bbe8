import assert from 'node:assert/strict';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { BOTH, Witness, newGateway, requestFor, useEtcd } from './fixture.ts';
import type { PlanOptions } from './fixture.ts';

describe('registering a gateway that was registered before,', () => {
  const etcd = useEtcd();

  /** A configured gateway. */
  async function configured(gateway = newGateway()) {
    const witness = new Witness(etcd().raw, gateway);
    return { gateway, witness, configRevision: await witness.configure() };
  }

  const register = (gateway: GatewayVersion, configRevision: string, options?: PlanOptions) =>
    etcd().store.register(requestFor(gateway, configRevision, options));

  describe('by an earlier run of the same version,', () => {
    it('takes its registration over, keeping attempt numbers and what routers may carry', async () => {
      const { gateway, witness, configRevision } = await configured();
      await register(gateway, configRevision);
      await etcd().store.beginAttempt(gateway, 'run-1');
      await etcd().store.confirmAttempt(gateway, 1, ['primary']);
      const outcome = await register(gateway, configRevision, { run: 'run-2', jobs: 'bbbbb' });
      assert.deepEqual(outcome, { kind: 'registered' });

      const record = await etcd().store.planRecord(gateway);
      assert.equal(record?.run, 'run-2');
      assert.equal(record.attempt, 1);
      assert.deepEqual(record.mayCarry, ['primary']);
      assert.equal((await witness.ownClaims()).length, 4);
      const jobs = await witness.jobs();
      assert.equal(jobs.length, 2);
      assert.ok(jobs.every((id) => id.endsWith('bbbbb')));
    });

    it('leaves the earlier run without a say', async () => {
      const { gateway, configRevision } = await configured();
      await register(gateway, configRevision);
      await register(gateway, configRevision, { run: 'run-2', jobs: 'bbbbb' });
      const { store } = etcd();
      assert.deepEqual(await store.beginAttempt(gateway, 'run-1'), { kind: 'void' });
      assert.equal(await store.voidAttempts(gateway, 'run-1'), undefined);
      const recorded = await store.recordStack(gateway, 'run-1');
      assert.deepEqual(recorded, { kind: 'superseded', version: 1 });
    });

    it('replaces a different plan that no router carries, with its claims', async () => {
      const { gateway, witness, configRevision } = await configured();
      await register(gateway, configRevision, { unit: 'old-1' });
      await etcd().store.beginAttempt(gateway, 'run-1');
      const outcome = await register(gateway, configRevision, { run: 'run-2', unit: 'new-1' });
      assert.deepEqual(outcome, { kind: 'registered' });
      const claims = await witness.ownClaims();
      assert.equal(claims.length, 4);
      assert.ok(claims.every((key) => key.includes('new-1')));
      // A number given out for the old plan must not come to mean the new one.
      assert.equal((await etcd().store.planRecord(gateway))?.attempt, 1);
    });

    for (const [name, options] of [
      ['other stanzas', { unit: 'old-2' }],
      ['another text', { description: 'changed' }],
    ] as const) {
      it(`says what is left over when a router may carry ${name}`, async () => {
        const { gateway, witness, configRevision } = await configured();
        await register(gateway, configRevision, options);
        await etcd().store.beginAttempt(gateway, 'run-1');
        await etcd().store.confirmAttempt(gateway, 1, BOTH);
        const earlier = await etcd().store.planRecord(gateway);
        const revision = await witness.revision();
        assert.deepEqual(await register(gateway, configRevision, { run: 'run-2' }), {
          kind: 'leftover',
          record: earlier,
        });
        assert.equal(await witness.revision(), revision);
      });
    }
  });

  it('by another version, says what is left over until that is marked clean', async () => {
    const old = newGateway(1);
    const { witness, configRevision } = await configured(old);
    const { store } = etcd();
    await register(old, configRevision, { unit: 'v1' });
    await store.beginAttempt(old, 'run-1');
    await store.confirmAttempt(old, 1, BOTH);

    const next = { ...old, version: 2 };
    const revision = await witness.configure(2);
    const outcome = await register(next, revision, { run: 'run-2', unit: 'v2' });
    assert.equal(outcome.kind, 'leftover');
    const record = await store.voidAttempts(outcome.record.gateway, outcome.record.run);
    assert.equal(record?.attempt, 2);
    assert.equal(await store.confirmAttempt(old, 1, BOTH), false);
    assert.equal(await store.markClean(old, 2, BOTH), true);
    assert.deepEqual(await register(next, revision, { run: 'run-2', unit: 'v2' }), {
      kind: 'registered',
    });
    assert.equal((await store.planRecord(next))?.gateway.version, 2);
    assert.ok((await witness.ownClaims()).every((key) => key.includes('v2')));
    assert.equal(await store.confirmAttempt(old, 2, BOTH), false);
  });
});
