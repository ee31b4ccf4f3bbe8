import assert from 'node:assert/strict';
import { Witness, newGateway, requestFor, useEtcd } from './fixture.ts';
import { KEYS } from '../../etcd/keys.ts';
import { newMembers, newRouters, requestOf } from './reservation-fixture.ts';

describe('a disputed gateway', () => {
  const etcd = useEtcd();

  async function disputed() {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const witness = new Witness(raw, gateway);
    const member = { gateway, run: 'run-1' };
    await store.register(requestFor(gateway, await witness.configure(), { run: 'run-1' }));
    const request = requestOf(newRouters());
    await store.reserve(request);
    const issued = await store.issueToken(request, {});
    assert.ok(issued.kind === 'issued');
    assert.equal(await store.markDisputed(issued.fence, [member], true), true);
    return { store, gateway, witness, member, fence: issued.fence, request };
  }

  it('keeps claims and plan record after a clean failure, until it is disputed no longer', async () => {
    const { store, gateway, witness, member, fence } = await disputed();
    const outcome = { kind: 'failed', error: 'x', registered: true, clean: true } as const;
    await store.publish({ ...member, outcome, retentionSeconds: 3_600 });
    await store.freeClaims(gateway);
    assert.equal((await witness.ownClaims()).length, 4);
    assert.equal(await store.markDisputed(fence, [member], false), true);
    await store.freeClaims(gateway);
    assert.deepEqual(await witness.ownClaims(), []);
  });

  it('stays disputed, with its claims, at the next version', async () => {
    const { store, gateway, witness } = await disputed();
    const configRevision = await witness.configure(2);
    const next = { ...gateway, version: 2 };
    await store.register(requestFor(next, configRevision, { run: 'run-2', unit: 'elsewhere' }));
    assert.equal((await store.planRecord(next))?.disputed, true);
    assert.equal((await witness.ownClaims()).length, 8);
  });

  it('is marked, and no longer, however large the plan records of a batch are', async () => {
    const { store, raw } = etcd();
    const request = requestOf(newRouters());
    await store.reserve(request);
    const issued = await store.issueToken(request, {});
    assert.ok(issued.kind === 'issued');
    const members = newMembers(64);
    const gateways = members.map(({ gateway }) => gateway);
    for (const { gateway, run } of members) {
      const config = { revision: '1', digest: 'sha256:0', secretFields: [] };
      const { planRecord } = requestFor(gateway, '0', { run, description: 'x'.repeat(60_000) });
      await raw.put(KEYS.plan(gateway)).value(JSON.stringify({ ...planRecord, config, mayBeApplied: true }));
    }
    const marks = async () =>
      (await store.plans(gateways)).map((record) => (record instanceof Error ? record : record?.disputed));
    assert.equal(await store.markDisputed(issued.fence, members, true), true);
    assert.deepEqual(new Set(await marks()), new Set([true]));
    assert.equal(await store.markDisputed(issued.fence, members, false), true);
    assert.deepEqual(new Set(await marks()), new Set([undefined]));
    for (const gateway of gateways) await raw.delete().key(KEYS.plan(gateway));
  });

  it('is not marked by a worker whose token is void, nor for another run', async () => {
    const { store, gateway, member, fence, request } = await disputed();
    assert.equal(await store.markDisputed(fence, [{ ...member, run: 'run-2' }], false), true);
    assert.equal((await store.planRecord(gateway))?.disputed, true);
    await store.issueToken(request, {});
    assert.equal(await store.markDisputed(fence, [member], false), false);
    assert.equal((await store.planRecord(gateway))?.disputed, true);
  });
});
