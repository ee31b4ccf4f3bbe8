import assert from 'node:assert/strict';
import { completedState, failedState } from '../../gateway/records.ts';
import { KEYS } from '../../etcd/keys.ts';
import { useEtcd } from './fixture.ts';
import { FamilyScene } from './family-scene.ts';
import { created, failed, keep, monitored, onTrial, WORDS } from './publication.ts';
import { racing } from './racing.ts';
import { fresh, owedChangeFor, requestOf } from './reservation-fixture.ts';

describe('when something changes between the look and the write of a publication,', () => {
  const etcd = useEtcd();
  const CREATED = 'CREATE_COMPLETED';
  const FAILED = 'CREATE_FAILED';

  it('a newer version of the configuration does not stop a success', async () => {
    const { gateway, witness } = await monitored(etcd());
    const outcome = await racing(
      etcd(),
      CREATED,
      () => witness.configure(2),
      (store) => store.publish(created(gateway)),
    );
    assert.deepEqual(outcome, { kind: 'published' });
    assert.deepEqual(await witness.value(witness.keys.state), completedState(1, WORDS));
  });

  for (const [name, request, marker] of [
    ['success', created, CREATED],
    ['failure', failed, FAILED],
  ] as const) {
    it(`another outcome that is published stays, and no ${name} is`, async () => {
      const { gateway, witness } = await (name === 'success' ? monitored : onTrial)(etcd());
      const other = name === 'success' ? failedState(1, 'another') : completedState(1, WORDS);
      const outcome = await racing(
        etcd(),
        marker,
        () => witness.put(witness.keys.state, other),
        (store) => store.publish(request(gateway)),
      );
      assert.equal(outcome.kind, 'already');
      assert.deepEqual(await witness.value(witness.keys.state), other);
    });
  }

  it('a failure of a run whose record another run has taken is left to that run', async () => {
    const { gateway, witness } = await onTrial(etcd());
    const plan = (await witness.value(witness.keys.plan)) as object;
    const outcome = await racing(
      etcd(),
      FAILED,
      () => witness.put(witness.keys.plan, { ...plan, run: 'run-2' }),
      (store) => store.publish(failed(gateway)),
    );
    assert.deepEqual(outcome, { kind: 'void' });
    assert.equal(await witness.value(witness.keys.state), undefined);
  });

  for (const [name, request, marker] of [
    ['success', created, CREATED],
    ['failure', failed, FAILED],
  ] as const)
    it(`a configuration that goes leaves nobody to be told of a ${name}`, async () => {
      const { gateway, witness } = await (name === 'success' ? monitored : onTrial)(etcd());
      const outcome = await racing(
        etcd(),
        marker,
        () => witness.remove(witness.keys.config),
        (store) => store.publish(request(gateway)),
      );
      assert.deepEqual(outcome, { kind: 'published' });
      assert.equal(await witness.value(witness.keys.state), undefined);
    });

  it('a claim that another gateway has taken stays with that one', async () => {
    const { gateway, witness, store } = await onTrial(etcd());
    const plan = (await witness.value(witness.keys.plan)) as object;
    await witness.put(witness.keys.plan, { ...plan, mayBeApplied: false });
    const [key = ''] = (await witness.ownClaims()).map((claim) => `/gateway-saga/claims/${claim}`);
    const other = { resourceType: 'vpn_gateway', resourceId: 'another' };
    const outcome = await racing(
      etcd(),
      FAILED,
      () => witness.put(key, other),
      (late) => late.publish(failed(gateway)),
    );
    assert.deepEqual(outcome, { kind: 'published' });
    assert.deepEqual(await witness.value(key), other);
    assert.deepEqual(await witness.ownClaims(), []);
    assert.equal(await store.planRecord(gateway), undefined);
  });
});

describe('a success', () => {
  const etcd = useEtcd();

  it('is not published before the gateway is kept', async () => {
    const { gateway, witness, store } = await monitored(etcd());
    const plan = (await witness.value(witness.keys.plan)) as object;
    for (const marks of [{ kept: false }, { kept: undefined }]) {
      await witness.put(witness.keys.plan, { ...plan, ...marks });
      assert.deepEqual(await store.publish(created(gateway)), { kind: 'not kept' });
    }
    assert.equal(await witness.value(witness.keys.state), undefined);
  });

  it('that says which jobs it had ends them as one that does not', async () => {
    const { gateway, witness, store } = await monitored(etcd());
    const record = await store.planRecord(gateway);
    assert.ok(record);
    const { jobs } = record;
    assert.deepEqual(await store.publish({ ...created(gateway), jobs }), { kind: 'published' });
    const keys = [witness.keys.jobState, ...jobs.map(KEYS.job)];
    const leases = await Promise.all(keys.map(async (key) => (await witness.entry(key))?.lease));
    assert.equal(new Set(leases).size, 1);
    assert.notEqual(leases[0], '0');
  });

  it('keeps claims and plan record', async () => {
    const { gateway, witness, store } = await monitored(etcd());
    const claims = await witness.ownClaims();
    await store.publish(created(gateway));
    assert.deepEqual(await witness.ownClaims(), claims);
    assert.ok(await store.planRecord(gateway));
  });

  it('keeps, if the last owed change is made just before it, no claims that only the version before needed', async () => {
    const scene = new FamilyScene(etcd);
    const member = await scene.standing(scene.parent());
    const { gateway, stanza, witness } = member;
    const place = ['routing-instances', `moved ${gateway.resourceId}`];
    await scene.registered(member, 2, { owns: [place], owned: [stanza] });
    const at = { ...gateway, version: 2 };
    await scene.store.permitApply(at, 'run-2');
    await keep(etcd(), at, 'run-2');
    const asked = requestOf(['router-1', fresh('neighbour')]);
    await scene.store.reserve(asked);
    const issued = await scene.store.issueToken(asked, {});
    assert.ok(issued.kind === 'issued');
    const owed = owedChangeFor(gateway);
    await scene.store.addOwedChanges(issued.fence, 'router-1', [owed]);
    const outcome = await racing(
      etcd(),
      'CREATE_COMPLETED',
      () => scene.store.payOwedChange(issued.fence, 'router-1', owed),
      (store) => store.publish(created(at, 'run-2')),
    );
    await scene.store.endReservation(asked);
    assert.deepEqual(outcome, { kind: 'published' });
    const claims = await witness.ownClaims();
    assert.deepEqual(
      claims.filter((claim) => !claim.includes('moved')),
      [],
    );
    assert.equal(claims.length, 2);
  });
});
