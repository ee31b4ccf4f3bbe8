/** What of a deletion that a router owes could be lost: by a further call, by a person, or with its configuration. */
import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { useOwnEtcd } from './fixture.ts';
import { REQUEST, begun, payOther } from './owed-deletion-scene.ts';
import { created } from './publication.ts';
import { SINCE } from './reservation-fixture.ts';

describe('a deletion that one router is to owe, of which something is lost', () => {
  const etcd = useOwnEtcd();
  afterEach(async () => {
    await etcd().raw.delete().prefix('/gateway-saga/');
  });
  const owedOn = async (id: string) => (await etcd().store.router(id)).owedChanges;

  it('goes on as it has begun under a further run whose registration was answered twice', async () => {
    const { store, deletion } = await begun(etcd());
    const { planRecord } = deletion;
    for (const scheduled of [1_000, 1_000, 2_000]) {
      const again = { ...deletion, planRecord: { ...planRecord, run: 'run-3', scheduled } };
      assert.deepEqual(await store.register(again), { kind: 'registered', owe: REQUEST });
    }
  });

  it('is owed anew by the router that makes it, if somebody has removed that', async () => {
    const { store, gateway, deciding, reserved } = await begun(etcd());
    await etcd().raw.delete().prefix('/gateway-saga/owed-changes/');
    assert.deepEqual(await store.owedDeletion(gateway, 'run-2'), { kind: 'undecided' });
    assert.deepEqual(await owedOn('router-1'), [deciding]);
    await store.payOwedChange(await reserved(), 'router-1', deciding);
    assert.deepEqual(await store.owedDeletion(gateway, 'run-2'), { kind: 'kept', isDropped: false });
  });

  it('is taken back though somebody has removed what was to decide it', async () => {
    const { store, gateway, deciding } = await begun(etcd());
    await etcd().raw.delete().prefix('/gateway-saga/owed-changes/');
    const why = { type: FAILURES.RouterUnreachable, why: 'MX-1 is away' };
    const taken = await store.takeBackOwedDeletion(gateway, 'run-2', why);
    assert.deepEqual(taken, { kind: 'refused', ...why, owed: true });
    const { before, after } = deciding.change;
    assert.deepEqual(
      (await owedOn('router-1')).map(({ change }) => change),
      [{ before: after, after: before }],
    );
  });

  it('is owed anew by a router that was retired and readmitted before anybody looked', async () => {
    const { store, gateway, deciding } = await begun(etcd());
    await store.beginMaintenance('router-1', { reason: 'burnt', since: SINCE });
    await store.retireRouter('router-1', { reason: 'burnt', by: 'alice@jump', since: SINCE });
    await store.readmitRouter('router-1');
    assert.deepEqual(await store.owedDeletion(gateway, 'run-2'), { kind: 'undecided' });
    assert.deepEqual(await owedOn('router-1'), [deciding]);
  });

  it('is put back where nothing tells any more which router is to owe it', async () => {
    const { store, witness, gateway, deciding, reserved } = await begun(etcd());
    const fence = await reserved();
    assert.equal(await store.lookAtDecision(fence, 'router-1', deciding), 'decides');
    await witness.remove(KEYS.plan(gateway));
    assert.equal(await store.lookAtDecision(fence, 'router-1', deciding), 'forgotten');
    const { before, after } = deciding.change;
    const [owed, ...more] = await owedOn('router-1');
    assert.deepEqual([more, owed?.deletion, owed?.change], [[], undefined, { before: after, after: before }]);
    await store.issueToken(fence, {});
    assert.equal(await store.lookAtDecision(fence, 'router-1', deciding), undefined);
  });

  it('keeps no claim once it is made, though its configuration vanished before it was published', async () => {
    const { store, witness, gateway, deciding, reserved } = await begun(etcd());
    const fence = await reserved();
    await store.payOwedChange(fence, 'router-1', deciding);
    await store.endReservation(fence);
    await witness.remove(witness.keys.config);
    assert.equal((await store.publish(created(gateway, 'run-2'))).kind, 'published');
    assert.equal(await witness.value(witness.keys.state), undefined);
    assert.ok((await witness.ownClaims()).length > 0);
    await payOther(etcd());
    assert.deepEqual(await witness.ownClaims(), []);
    assert.equal(await store.planRecord(gateway), undefined);
  });
});
