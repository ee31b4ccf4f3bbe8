import assert from 'node:assert/strict';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { Witness, newGateway, requestFor, useEtcd } from './fixture.ts';
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
    it('takes its registration over, keeping that routers may carry it', async () => {
      const { gateway, witness, configRevision } = await configured();
      await register(gateway, configRevision);
      await etcd().store.permitApply(gateway, 'run-1');
      const outcome = await register(gateway, configRevision, { run: 'run-2', jobs: 'bbbbb' });
      assert.deepEqual(outcome, { kind: 'registered' });

      const record = await etcd().store.planRecord(gateway);
      assert.equal(record?.run, 'run-2');
      assert.equal(record.mayBeApplied, true);
      assert.equal((await witness.ownClaims()).length, 4);
      const jobs = await witness.jobs();
      assert.equal(jobs.length, 2);
      assert.ok(jobs.every((id) => id.endsWith('bbbbb')));
    });

    it('voids the calls of the earlier run', async () => {
      const { gateway, configRevision } = await configured();
      await register(gateway, configRevision);
      await register(gateway, configRevision, { run: 'run-2', jobs: 'bbbbb' });
      const { store } = etcd();
      assert.deepEqual(await store.permitApply(gateway, 'run-1'), { kind: 'void' });
      assert.equal(await store.voidEarlierCalls(gateway, 'run-1'), undefined);
      assert.equal(await store.markReverted(gateway, 'run-1'), undefined);
      const recorded = await store.recordStack(gateway, 'run-1');
      assert.deepEqual(recorded, { kind: 'void' });
    });

    it('replaces a different plan that no router carries, with its claims', async () => {
      const { gateway, witness, configRevision } = await configured();
      await register(gateway, configRevision, { unit: 'old-1' });
      await etcd().store.permitApply(gateway, 'run-1');
      await etcd().store.markReverted(gateway, 'run-1');
      const outcome = await register(gateway, configRevision, { run: 'run-2', unit: 'new-1' });
      assert.deepEqual(outcome, { kind: 'registered' });
      const claims = await witness.ownClaims();
      assert.equal(claims.length, 4);
      assert.ok(claims.every((key) => key.includes('new-1')));
      // A call of the old plan's run must not count for the new one.
      assert.deepEqual(await etcd().store.permitApply(gateway, 'run-1'), { kind: 'void' });
      assert.equal((await etcd().store.planRecord(gateway))?.mayBeApplied, false);
    });

    for (const [name, options] of [
      ['other stanzas', { unit: 'old-2' }],
      ['another text', { description: 'changed' }],
    ] as const) {
      it(`says what is left over when a router may carry ${name}`, async () => {
        const { gateway, witness, configRevision } = await configured();
        await register(gateway, configRevision, options);
        await etcd().store.permitApply(gateway, 'run-1');
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

  it('by another version, says what is left over until that is marked as reverted', async () => {
    const old = newGateway(1);
    const { witness, configRevision } = await configured(old);
    const { store } = etcd();
    await register(old, configRevision, { unit: 'v1' });
    await store.permitApply(old, 'run-1', 1_000);

    const next = { ...old, version: 2 };
    const revision = await witness.configure(2);
    const outcome = await register(next, revision, { run: 'run-2', unit: 'v2' });
    assert.equal(outcome.kind, 'leftover');
    const record = await store.voidEarlierCalls(outcome.record.gateway, outcome.record.run, 2_000);
    assert.equal(record?.mayBeApplied, true);
    assert.deepEqual(await store.permitApply(old, 'run-1', 1_000), { kind: 'superseded', version: 2 });
    assert.equal((await store.markReverted(old, 'run-1', 2_000))?.mayBeApplied, false);
    assert.deepEqual(await register(next, revision, { run: 'run-2', unit: 'v2' }), {
      kind: 'registered',
    });
    assert.equal((await store.planRecord(next))?.gateway.version, 2);
    assert.ok((await witness.ownClaims()).every((key) => key.includes('v2')));
    assert.equal(await store.markReverted(old, 'run-1', 2_000), undefined);
  });
});
