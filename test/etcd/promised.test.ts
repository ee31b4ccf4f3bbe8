import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { Witness, newGateway, requestFor, useOwnEtcd } from './fixture.ts';
import { created, failed, keep } from './publication.ts';
import { owedChangeFor, requestOf } from './reservation-fixture.ts';

describe('a version that stands, once a newer one has failed', () => {
  const etcd = useOwnEtcd();

  /** Version 1 was published as created. Version 2 fails before it can register, so the plan record stays that of version 1. */
  async function standing() {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const witness = new Witness(raw, gateway);
    await store.register(requestFor(gateway, await witness.configure()));
    await store.permitApply(gateway, 'run-1');
    await keep(etcd(), gateway);
    assert.equal((await store.publish(created(gateway))).kind, 'published');
    await witness.configure(2);
    const next = { ...gateway, version: 2 };
    const { outcome, ...rest } = failed(next, { run: null, registered: false });
    const invalid = { ...rest, outcome: { ...outcome, action: 'update' as const } };
    assert.equal((await store.publish(invalid)).kind, 'published');
    const plan = () => witness.value(witness.keys.plan);
    return { store, gateway, plan, before: await plan() };
  }

  it('is not marked as reverted by a late call of its own', async () => {
    const { store, gateway, plan, before } = await standing();
    assert.equal(await store.markReverted(gateway, 'run-1'), undefined);
    assert.equal((await store.publish(failed(gateway))).kind, 'already');
    await store.freeClaims(gateway);
    assert.deepEqual(await plan(), before);
  });

  it('was published already for a pair that publishes it on behalf', async () => {
    const { store, gateway } = await standing();
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
  });

  it('is both ends of the plan record once the newer one, which had registered, is owed no more', async () => {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const witness = new Witness(raw, gateway);
    await store.register(requestFor(gateway, await witness.configure()));
    await keep(etcd(), gateway);
    await store.publish(created(gateway));
    const next = { ...gateway, version: 2 };
    const revision = await witness.configure(2);
    const { planRecord, ...request } = requestFor(next, revision, {
      run: 'run-2',
      jobs: 'bbbbb',
      unit: gateway.resourceId,
      description: 'y',
    });
    const first = (await witness.value(witness.keys.plan)) as PlanRecord;
    const { primary, secondary } = planRecord.routers;
    const routers = {
      primary: { ...primary, before: first.routers.primary.after },
      secondary: { ...secondary, before: first.routers.secondary.after },
    };
    const update = { ...planRecord, action: 'update', standing: 1, routers } as const;
    assert.equal((await store.register({ ...request, planRecord: update })).kind, 'registered');
    await store.permitApply(next, 'run-2');
    const reservation = requestOf(['router-1', 'router-2']);
    await store.reserve(reservation);
    await store.issueToken(reservation, {});
    const fence = { ...reservation, token: 1 };
    const owedChange = owedChangeFor(next);
    await store.addOwedChanges(fence, 'router-1', [owedChange]);
    assert.equal((await store.publish(failed(next, { run: 'run-2', clean: false }))).kind, 'published');
    await store.payOwedChange(fence, 'router-1', owedChange);
    await store.endReservation(reservation);
    const record = (await store.planRecord(gateway)) as PlanRecord;
    for (const role of ['primary', 'secondary'] as const)
      assert.deepEqual(record.routers[role], { ...first.routers[role], before: first.routers[role].after });
    assert.equal(record.mayBeApplied, false);
    assert.ok((await raw.get(KEYS.state(gateway)).string())?.includes('MODIFY_FAILED'));
  });
});
