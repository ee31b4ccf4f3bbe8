/** A deletion that `router-1` makes, and `router-2` is to owe. */
import assert from 'node:assert/strict';
import { FAILURES } from '../../gateway/failures.ts';
import { Witness, requestFor, useOwnEtcd } from './fixture.ts';
import { REQUEST, begun, payOther, registered } from './owed-deletion-scene.ts';
import { created, failed } from './publication.ts';
import { SINCE, fresh, newRouters, owedChangeFor, requestOf } from './reservation-fixture.ts';

const REFUSED = { type: FAILURES.RouterRefused, why: 'MX-1 refuses the deletion: no room left' };

describe('a deletion that one router is to owe', () => {
  const etcd = useOwnEtcd();
  afterEach(async () => {
    await etcd().raw.delete().prefix('/gateway-saga/');
  });

  const owedOn = async (id: string) => (await etcd().store.router(id)).owedChanges;

  it('is owed by nobody but the router that makes it, until that has made it; then by the other one', async () => {
    const { store, gateway, deciding, reserved } = await begun(etcd());
    assert.equal(deciding.deletion, 'deciding');
    assert.deepEqual(await owedOn('router-2'), []);
    assert.deepEqual(await store.owedDeletion(gateway, 'run-2'), { kind: 'undecided' });
    // The reservation's pair need not have `router-2`.
    const fence = await reserved();
    assert.equal(await store.payOwedChange(fence, 'router-1', deciding), true);
    assert.deepEqual(await owedOn('router-1'), []);
    const [decided, ...more] = await owedOn('router-2');
    assert.deepEqual(more, []);
    assert.deepEqual(decided, { ...deciding, role: 'secondary', deletion: 'decided' });
    assert.deepEqual(await store.owedDeletion(gateway, 'run-2'), { kind: 'kept', isDropped: false });
    assert.equal((await store.planRecord(gateway))?.kept, true);
  });

  it('keeps its claims until the other router has made it, whether /state was written before or after', async () => {
    for (const isPublishedFirst of [true, false]) {
      const { store, witness, gateway, deciding, reserved } = await begun(etcd());
      const fence = await reserved();
      await store.payOwedChange(fence, 'router-1', deciding);
      await store.endReservation(fence);
      const publish = () => store.publish(created(gateway, 'run-2'));
      const pay = () => payOther(etcd());
      assert.ok((await witness.ownClaims()).length > 0);
      for (const step of isPublishedFirst ? [publish, pay] : [pay, publish]) {
        assert.ok((await witness.ownClaims()).length > 0);
        await step();
      }
      assert.deepEqual(await witness.ownClaims(), []);
      assert.equal(await store.planRecord(gateway), undefined);
    }
  });

  it('is given up if the router refuses it: neither owes it, and what stood stands', async () => {
    const { store, gateway, deciding, reserved } = await begun(etcd());
    const fence = await reserved();
    assert.equal(await store.giveUpOwedDeletion(fence, 'router-1', deciding, REFUSED), true);
    assert.deepEqual([...(await owedOn('router-1')), ...(await owedOn('router-2'))], []);
    assert.deepEqual(await store.owedDeletion(gateway, 'run-2'), { kind: 'refused', ...REFUSED });
    assert.deepEqual(await store.publish(failed(gateway, { run: 'run-2' })), { kind: 'published' });
    const record = await store.planRecord(gateway);
    assert.deepEqual([record?.owe, record?.standing, record?.mayBeApplied], [undefined, 1, false]);
  });

  it('is taken back if the router that makes it is away for too long: that one owes what puts it back', async () => {
    const { store, witness, gateway, deciding, reserved } = await begun(etcd());
    const why = { type: FAILURES.RouterUnreachable, why: 'MX-1 is away' };
    const taken = { kind: 'refused', ...why, owed: true } as const;
    const fence = await reserved();
    assert.deepEqual(await store.takeBackOwedDeletion(gateway, 'run-2', why), taken);
    assert.deepEqual(await store.takeBackOwedDeletion(gateway, 'run-2', REFUSED), taken);
    assert.deepEqual(await store.owedDeletion(gateway, 'run-2'), taken);
    // A worker that has made the deletion just now does not decide it any more.
    assert.equal(await store.payOwedChange(fence, 'router-1', deciding), true);
    assert.equal((await store.planRecord(gateway))?.kept, undefined);
    const [owed, ...more] = await owedOn('router-1');
    assert.ok(owed);
    assert.deepEqual([more, await owedOn('router-2')], [[], []]);
    const { before, after } = deciding.change;
    assert.deepEqual([owed.change, owed.deletion], [{ before: after, after: before }, undefined]);
    assert.deepEqual(await store.publish(failed(gateway, { run: 'run-2', clean: false })), {
      kind: 'published',
    });
    const claims = await witness.ownClaims();
    await store.payOwedChange(fence, 'router-1', owed);
    const record = await store.planRecord(gateway);
    assert.deepEqual([record?.owe, record?.standing, record?.mayBeApplied], [undefined, 1, false]);
    assert.deepEqual(await witness.ownClaims(), claims);
  });

  it('is not taken back once it is decided', async () => {
    const { store, gateway, deciding, reserved } = await begun(etcd());
    await store.payOwedChange(await reserved(), 'router-1', deciding);
    assert.deepEqual(await store.takeBackOwedDeletion(gateway, 'run-2', REFUSED), {
      kind: 'kept',
      isDropped: false,
    });
    assert.deepEqual(await owedOn('router-1'), []);
  });

  it('is neither decided nor given up under a token that was voided', async () => {
    const { store, gateway, deciding, reserved } = await begun(etcd());
    const fence = await reserved();
    await store.issueToken(fence, {});
    assert.equal(await store.payOwedChange(fence, 'router-1', deciding), false);
    assert.equal(await store.giveUpOwedDeletion(fence, 'router-1', deciding, REFUSED), false);
    assert.deepEqual(await store.owedDeletion(gateway, 'run-2'), { kind: 'undecided' });
  });

  it('leaves no failure of its version, and no other plan, while it is not decided', async () => {
    const { store, witness, gateway, deletion } = await begun(etcd());
    await store.markReverted(gateway, 'run-2');
    assert.deepEqual(await store.publish(failed(gateway, { run: 'run-2' })), { kind: 'void' });
    assert.deepEqual(await store.publish(failed(gateway, { run: 'run-3', registered: false })), {
      kind: 'void',
    });
    const next = { ...gateway, version: 3 };
    const configRevision = await witness.configure(3, true);
    const { planRecord } = deletion;
    const newer = { ...deletion, configRevision, planRecord: { ...planRecord, gateway: next, run: 'run-3' } };
    assert.equal((await store.register(newer)).kind, 'leftover');
    // Nor may a newer version fail before that. Its failure would tell what stands, and that may be gone a moment later.
    const failure = failed(next, { run: 'run-3', registered: false });
    assert.equal((await store.publish(failure)).kind, 'leftover');
    assert.equal((await store.planRecord(gateway))?.mayBeApplied, true);
    assert.equal((await owedOn('router-1')).length, 1);
  });

  it('goes on under a further run of its version, whatever that was asked for', async () => {
    const { store, gateway, deletion, deciding, reserved } = await begun(etcd());
    const { planRecord } = deletion;
    const again = { ...deletion, planRecord: { ...planRecord, run: 'run-3' } };
    assert.deepEqual(await store.register(again), { kind: 'registered', owe: REQUEST });
    assert.deepEqual(await store.owedDeletion(gateway, 'run-2'), { kind: 'void' });
    assert.deepEqual(await store.oweDeletion(gateway, 'run-3', REQUEST), { kind: 'begun' });
    await store.payOwedChange(await reserved(), 'router-1', deciding);
    assert.deepEqual(await store.owedDeletion(gateway, 'run-3'), { kind: 'kept', isDropped: false });
  });

  it('is followed by no other version before the other router has made it', async () => {
    const { store, witness, gateway, deciding, reserved } = await begun(etcd());
    await store.payOwedChange(await reserved(), 'router-1', deciding);
    await store.publish(created(gateway, 'run-2'));
    const next = { ...gateway, version: 3 };
    const request = requestFor(next, await witness.configure(3), { run: 'run-3', unit: fresh('unit') });
    assert.deepEqual(await store.register(request), { kind: 'owed' });
    await store.beginMaintenance('router-2', { reason: 'burnt', since: SINCE });
    await store.retireRouter('router-2', { reason: 'burnt', by: 'alice@jump', since: SINCE });
    assert.equal((await store.register(request)).kind, 'registered');
  });

  it('keeps no claim once it is made, though a newer version has failed meanwhile', async () => {
    const { store, witness, gateway, deciding, reserved } = await begun(etcd());
    const fence = await reserved();
    await store.payOwedChange(fence, 'router-1', deciding);
    await store.endReservation(fence);
    await store.publish(created(gateway, 'run-2'));
    await witness.configure(3);
    const next = { ...gateway, version: 3 };
    await store.publish(failed(next, { run: 'run-3', registered: false }));
    assert.ok((await witness.ownClaims()).length > 0);
    await store.beginMaintenance('router-2', { reason: 'burnt', since: SINCE });
    await store.retireRouter('router-2', { reason: 'burnt', by: 'alice@jump', since: SINCE });
    assert.deepEqual(await witness.ownClaims(), []);
    assert.equal(await store.planRecord(gateway), undefined);
  });

  it('drops what a router that is retired would owe', async () => {
    const { store, gateway, deciding, reserved } = await begun(etcd());
    await store.beginMaintenance('router-2', { reason: 'burnt', since: SINCE });
    await store.retireRouter('router-2', { reason: 'burnt', by: 'alice@jump', since: SINCE });
    await store.payOwedChange(await reserved(), 'router-1', deciding);
    const { owedChanges, retired } = await store.router('router-2');
    assert.deepEqual([owedChanges, retired?.dropped], [[], [gateway]]);
    assert.deepEqual(await store.owedDeletion(gateway, 'run-2'), { kind: 'kept', isDropped: true });
  });

  it('is decided by a person who retires the router that was to make it', async () => {
    const { store, gateway } = await begun(etcd());
    await store.beginMaintenance('router-1', { reason: 'burnt', since: SINCE });
    await store.retireRouter('router-1', { reason: 'burnt, too', by: 'alice@jump', since: SINCE });
    assert.deepEqual(await store.owedDeletion(gateway, 'run-2'), { kind: 'kept', isDropped: false });
    assert.equal((await owedOn('router-2')).length, 1);
  });

  it('does not begin where a router owes a change of the gateway, or the gateway may be under way', async () => {
    const { store, gateway } = await registered(etcd());
    const request = requestOf(['router-2', fresh('neighbour')]);
    await store.reserve(request);
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const owed = owedChangeFor({ ...gateway, version: 1 });
    await store.addOwedChanges(fence, 'router-2', [owed]);
    assert.deepEqual(await store.oweDeletion(gateway, 'run-2', REQUEST), { kind: 'owed' });
    await store.payOwedChange(fence, 'router-2', owed);
    await store.permitCommit(fence, ['router-2'], [{ gateway, run: 'run-0' }], SINCE);
    assert.deepEqual(await store.oweDeletion(gateway, 'run-2', REQUEST), { kind: 'owed' });
    assert.deepEqual(await owedOn('router-1'), []);
  });

  it('does not begin for another run, another version or another body', async () => {
    const { store, witness, gateway } = await registered(etcd());
    assert.deepEqual(await store.oweDeletion(gateway, 'run-9', REQUEST), { kind: 'void' });
    await witness.configure(2, true, { tenant_id: 'tenant-2' });
    assert.deepEqual(await store.oweDeletion(gateway, 'run-2', REQUEST), { kind: 'rewritten' });
    await witness.configure(3, true);
    assert.deepEqual(await store.oweDeletion(gateway, 'run-2', REQUEST), { kind: 'superseded', version: 3 });
    assert.deepEqual(await owedOn('router-1'), []);
  });

  it('stays owed while its plan record can’t be read', async () => {
    const { store, gateway, deciding, reserved } = await begun(etcd());
    const key = new Witness(etcd().raw, gateway).keys.plan;
    const whole = await etcd().raw.get(key).string();
    await etcd().raw.put(key).value('{"gateway":{"version":1}}');
    const fence = await reserved();
    assert.equal(await store.payOwedChange(fence, 'router-1', deciding), true);
    assert.equal((await owedOn('router-1')).length, 1);
    await etcd()
      .raw.put(key)
      .value(whole ?? '');
    assert.equal(await store.payOwedChange(fence, 'router-1', deciding), true);
    assert.equal((await owedOn('router-2')).length, 1);
  });
});

describe('a reservation that needs one of its routers only', () => {
  const etcd = useOwnEtcd();

  it('is given while the other one is held or retired, and says that nothing may be applied', async () => {
    const { store } = etcd();
    const [one, other] = newRouters();
    const free = requestOf([one, other]);
    const given = await store.reserve({ ...free, needs: [one] });
    assert.ok(given.kind === 'reserved' && given.paysOnly === undefined);
    await store.endReservation(free);
    await store.beginMaintenance(other, { reason: 'burnt', since: SINCE });
    for (const isRetired of [false, true]) {
      if (isRetired) await store.retireRouter(other, { reason: 'burnt', by: 'alice@jump', since: SINCE });
      const request = requestOf([one, other]);
      const refusal = isRetired ? 'retired' : 'maintenance';
      assert.equal((await store.reserve({ ...request, needs: [other] })).kind, refusal);
      assert.equal((await store.reserve(request)).kind, refusal);
      for (const _ of ['first', 'again']) {
        const limited = await store.reserve({ ...request, needs: [one] });
        assert.ok(limited.kind === 'reserved' && limited.paysOnly === true);
      }
      await store.endReservation(request);
    }
  });
});
