/** What stands of a gateway, through updates that succeed, fail or change nothing, and a deletion. */
import assert from 'node:assert/strict';
import type { Action } from '../../gateway/change.ts';
import type { RegisterRequest } from '../../etcd/register.ts';
import { standingOf } from '../../etcd/plan-record.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { requestFor, useEtcd } from './fixture.ts';
import type { PlanOptions, Witness } from './fixture.ts';
import { created, failed, keep, monitored } from './publication.ts';
import { owedChangeFor, requestOf } from './reservation-fixture.ts';

describe('what stands of a gateway', () => {
  const etcd = useEtcd();

  /** Version 1 stands, with its own unit. */
  const standing = async () => {
    const world = await monitored(etcd());
    assert.deepEqual(await world.store.publish(created(world.gateway)), { kind: 'published' });
    return { ...world, claims: await world.witness.ownClaims() };
  };
  /** A request for a further version, from the text of `before` to that of `after`. */
  const further = async (
    witness: Witness,
    gateway: GatewayVersion,
    action: Action,
    { before, after, version }: { before: PlanOptions; after: PlanOptions | null; version: number | null },
  ): Promise<RegisterRequest> => {
    const revision = await witness.configure(gateway.version, action === 'delete');
    const old = requestFor(gateway, revision, before).planRecord.routers;
    const request = requestFor(gateway, revision, { ...after, run: 'run-2', jobs: 'bbbbb' });
    const { routers } = request.planRecord;
    const change = (role: 'primary' | 'secondary') => ({
      id: routers[role].id,
      before: version === null ? null : old[role].after,
      after: after === null ? null : routers[role].after,
    });
    return {
      ...request,
      planRecord: {
        ...request.planRecord,
        action,
        standing: version,
        routers: { primary: change('primary'), secondary: change('secondary') },
      },
    };
  };
  const next = (gateway: GatewayVersion): GatewayVersion => ({ ...gateway, version: gateway.version + 1 });
  const stands = async (gateway: GatewayVersion) => {
    const { store } = etcd();
    return standingOf(await store.planRecord(gateway))?.version;
  };
  const settle = async (gateway: GatewayVersion) => {
    const { store } = etcd();
    await store.permitApply(gateway, 'run-2');
    const request = requestOf(['kept-1', 'kept-2']);
    await store.reserve(request);
    const issued = await store.issueToken(request, {});
    assert.ok(issued.kind === 'issued');
    await store.markSettled(issued.fence, { kept: [{ gateway, run: 'run-2' }] });
    await store.endReservation(request);
  };

  it('is what was made permanent and published, and a plan must have been made from it', async () => {
    const { gateway, witness, store, claims } = await standing();
    assert.equal(await stands(gateway), 1);
    const update = { before: {}, after: { unit: `${gateway.resourceId}-new` } };
    const blind = await further(witness, next(gateway), 'update', { ...update, version: null });
    assert.deepEqual(await store.register(blind), { kind: 'moved' });
    const other = { ...update, before: { description: 'rendered anew' } };
    const anew = await further(witness, next(gateway), 'update', { ...other, version: 1 });
    assert.deepEqual(await store.register(anew), { kind: 'moved' });
    const right = await further(witness, next(gateway), 'update', { ...update, version: 1 });
    assert.deepEqual(await store.register(right), { kind: 'registered' });
    assert.equal((await witness.ownClaims()).length, 2 * claims.length, 'both ends are claimed');
    assert.equal(await stands(gateway), 1);
  });

  it('is the new version once that is published, and only its stanzas stay claimed', async () => {
    const { gateway, witness, store, claims } = await standing();
    const newer = next(gateway);
    const after = { unit: `${gateway.resourceId}-new` };
    await store.register(await further(witness, newer, 'update', { before: {}, after, version: 1 }));
    await settle(newer);
    assert.deepEqual(await store.publish(created(newer, 'run-2')), { kind: 'published' });
    assert.equal(await stands(newer), 2);
    const left = await witness.ownClaims();
    assert.equal(left.length, claims.length);
    assert.ok(left.every((claim) => claim.includes(after.unit)));
  });

  it('stays the old version if the new one fails: its claims stay, and the next one is planned on it', async () => {
    const { gateway, witness, store, claims } = await standing();
    const newer = next(gateway);
    const after = { unit: `${gateway.resourceId}-new` };
    await store.register(await further(witness, newer, 'update', { before: {}, after, version: 1 }));
    await store.permitApply(newer, 'run-2');
    await store.markReverted(newer, 'run-2');
    assert.deepEqual(await store.publish(failed(newer, { run: 'run-2' })), { kind: 'published' });
    assert.deepEqual(await witness.value(witness.keys.state), {
      state: { worker_state: 'MODIFY_FAILED', heat_outputs: '[]' },
      version: 2,
      error: 'why',
    });
    assert.equal(await stands(newer), 1);
    assert.deepEqual((await witness.ownClaims()).sort(), [...claims].sort());
    const third = next(newer);
    const onFailed = { before: after, after: {}, version: 2 };
    assert.deepEqual(await store.register(await further(witness, third, 'update', onFailed)), {
      kind: 'moved',
    });
    const onOld = { before: {}, after, version: 1 };
    assert.deepEqual(await store.register(await further(witness, third, 'update', onOld)), {
      kind: 'registered',
    });
  });

  it('needs no pair where nothing differs, unless a router owes a change of the gateway', async () => {
    const { gateway, witness, store } = await standing();
    const newer = next(gateway);
    const same = await further(witness, newer, 'update', { before: {}, after: {}, version: 1 });
    const request = requestOf(['router-1', 'router-2']);
    await store.reserve(request);
    const issued = await store.issueToken(request, {});
    assert.ok(issued.kind === 'issued');
    const { fence } = issued;
    const owed = owedChangeFor(gateway);
    await store.addOwedChanges(fence, 'router-1', [owed]);
    assert.deepEqual(await store.register(same), { kind: 'owed' });
    await store.payOwedChange(fence, 'router-1', owed);
    await store.endReservation(request);
    assert.deepEqual(await store.register(same), { kind: 'registered' });
    assert.deepEqual(await store.publish(created(newer, 'run-2')), { kind: 'published' });
    assert.equal(await stands(newer), 2);
  });

  it('is nothing once a deletion is published: plan record and claims are gone', async () => {
    const { gateway, witness, store } = await standing();
    const newer = next(gateway);
    await store.register(await further(witness, newer, 'delete', { before: {}, after: null, version: 1 }));
    assert.deepEqual(await store.publish(created(newer, 'run-2')), { kind: 'not kept' });
    await settle(newer);
    assert.deepEqual(await store.publish(created(newer, 'run-2')), { kind: 'published' });
    assert.deepEqual(await witness.value(witness.keys.state), {
      state: { worker_state: 'DELETE_COMPLETED', heat_outputs: '[]' },
      version: 2,
      error: '',
    });
    assert.equal(await store.planRecord(newer), undefined);
    assert.deepEqual(await witness.ownClaims(), []);
    assert.equal(await stands(newer), undefined);
  });

  it('is nothing either where a router owes an older change, and the claims go once that is made', async () => {
    const { gateway, witness, store } = await standing();
    const newer = next(gateway);
    await store.register(await further(witness, newer, 'delete', { before: {}, after: null, version: 1 }));
    await settle(newer);
    const request = requestOf(['router-1', 'router-2']);
    await store.reserve(request);
    const issued = await store.issueToken(request, {});
    assert.ok(issued.kind === 'issued');
    const owed = owedChangeFor(gateway, `${gateway.resourceId}-older`);
    await store.addOwedChanges(issued.fence, 'router-1', [owed]);
    assert.deepEqual(await store.publish(created(newer, 'run-2')), { kind: 'published' });
    assert.equal((await witness.ownClaims()).length, 4);
    await store.payOwedChange(issued.fence, 'router-1', owed);
    await store.endReservation(request);
    assert.equal(await store.planRecord(newer), undefined);
    assert.deepEqual(await witness.ownClaims(), []);
  });

  it('may be deleted although the configuration vanishes before the routers are touched', async () => {
    const { gateway, witness, store } = await standing();
    const newer = next(gateway);
    await store.register(await further(witness, newer, 'delete', { before: {}, after: null, version: 1 }));
    await witness.remove(witness.keys.config);
    assert.deepEqual(await store.permitApply(newer, 'run-2'), { kind: 'permitted' });
  });

  it('is nothing once a deletion is made whose configuration has gone: /state and the stack go along', async () => {
    const { gateway, witness, store } = await standing();
    const newer = next(gateway);
    await store.register(await further(witness, newer, 'delete', { before: {}, after: null, version: 1 }));
    await settle(newer);
    await witness.remove(witness.keys.config);
    assert.deepEqual(await store.publish(created(newer, 'run-2')), { kind: 'published' });
    for (const key of ['state', 'stack', 'plan'] as const)
      assert.equal(await witness.value(witness.keys[key]), undefined, key);
    assert.deepEqual(await witness.ownClaims(), []);
    // If the answer to this write was lost, the next attempt finds nothing that tells of the deletion.
    const deleted = { kind: 'completed', words: {}, action: 'delete' } as const;
    const again = { ...created(newer, 'run-2'), outcome: deleted };
    assert.deepEqual(await store.publish(again), { kind: 'published' });
    const other = { ...again, outcome: { ...deleted, action: 'update' } as const };
    assert.deepEqual(await store.publish(other), { kind: 'gone' });
    // A late failure of that run is not published for the gateway that begins anew now.
    await witness.configure(3);
    assert.deepEqual(await store.publish(failed(newer, { run: 'run-2' })), { kind: 'void' });
    assert.equal(await store.state(newer), undefined);
  });

  it('is what a later life of the same id has made, whatever comes late of the one before', async () => {
    const { gateway, witness, store } = await standing();
    const newer = next(gateway);
    await store.register(await further(witness, newer, 'delete', { before: {}, after: null, version: 1 }));
    await settle(newer);
    await store.publish(created(newer, 'run-2'));
    // Whoever has deleted the gateway removes both keys. Then the id comes again, with a lower version.
    await witness.remove(witness.keys.config);
    await witness.remove(witness.keys.state);
    const configRevision = await witness.configure(0);
    const again = { ...gateway, version: 0 };
    await store.register(requestFor(again, configRevision));
    await store.permitApply(again, 'run-1');
    for (const isEnded of [false, true]) {
      if (isEnded) {
        await keep(etcd(), again);
        assert.deepEqual(await store.publish(created(again)), { kind: 'published' });
      }
      const plan = await witness.value(witness.keys.plan);
      assert.deepEqual(await store.publish(failed(newer, { run: 'run-2' })), { kind: 'void' });
      assert.deepEqual(await store.publish(created(newer, 'run-2')), { kind: 'void' });
      assert.equal(await store.markReverted(newer, 'run-2'), undefined);
      assert.deepEqual(await witness.value(witness.keys.plan), plan);
      assert.equal((await store.state(gateway))?.version, isEnded ? 0 : undefined);
    }
  });

  it('is what was kept and never published: a newer version goes on from there', async () => {
    const world = await monitored(etcd());
    const { gateway, witness, store } = world;
    assert.equal(await stands(gateway), 1);
    const after = { unit: `${gateway.resourceId}-new` };
    const creation = await further(witness, next(gateway), 'create', { before: {}, after, version: null });
    assert.equal((await store.register(creation)).kind, 'moved');
    const update = await further(witness, next(gateway), 'update', { before: {}, after, version: 1 });
    assert.equal((await store.register(update)).kind, 'registered');
  });
});
