import assert from 'node:assert/strict';
import { DROPPED_LIMIT } from '../../etcd/dropped.ts';
import { KEYS } from '../../etcd/keys.ts';
import { failedState } from '../../gateway/records.ts';
import { Witness, newGateway, requestFor, useOwnEtcd } from './fixture.ts';
import { begun } from './owed-deletion-scene.ts';
import { SINCE, fresh, newMembers, newRouters, owedChangeFor, requestOf } from './reservation-fixture.ts';

const HOLD = { reason: 'burnt', since: SINCE };
const REQUEST = { reason: 'burnt', by: 'alice@jump', since: SINCE };

describe('a router that is retired', () => {
  const etcd = useOwnEtcd();

  /** A gateway has failed, `router-1` owes two of its changes, is held for maintenance, and is not reserved any more. */
  async function owing() {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const revision = await new Witness(raw, gateway).configure();
    assert.equal((await store.register(requestFor(gateway, revision))).kind, 'registered');
    await raw.put(KEYS.state(gateway)).value(JSON.stringify(failedState(1, 'owed on MX-1')));
    const request = requestOf(['router-1', fresh('neighbour')]);
    await store.reserve(request);
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const owed = [owedChangeFor(gateway), owedChangeFor(gateway, '999')];
    await store.addOwedChanges(fence, 'router-1', owed);
    await store.beginMaintenance('router-1', HOLD);
    await store.endReservation(request);
    const kept = async () => {
      const found = await raw.getAll().prefix('/gateway-saga/').strings();
      return Object.keys(found).filter((key) => key.includes('/claims/') || key.includes('/plans/')).length;
    };
    return { store, gateway, fence, owed, kept };
  }
  afterEach(async () => {
    await etcd().raw.delete().prefix('/gateway-saga/');
  });

  it('owes nothing any more; its record says who dropped what, when and why; claims that only that needed are free', async () => {
    const { store, gateway, kept } = await owing();
    assert.ok((await kept()) > 1);
    const outcome = await store.retireRouter('router-1', REQUEST);
    assert.equal(outcome.kind, 'retired');
    const retired = { ...REQUEST, dropped: [gateway] };
    const record = { reservation: null, maintenance: HOLD, owedChanges: [], retired };
    assert.deepEqual(outcome, { kind: 'retired', retired, record });
    assert.deepEqual(await store.router('router-1'), record);
    assert.deepEqual((await store.routers()).get('router-1'), record);
    assert.equal(await kept(), 0);
  });

  it('drops nothing of a router whose id begins alike', async () => {
    const { store } = await owing();
    const request = requestOf(['router-10', fresh('neighbour')]);
    await store.reserve(request);
    await store.issueToken(request, {});
    await store.addOwedChanges({ ...request, token: 1 }, 'router-10', [owedChangeFor(newGateway())]);
    await store.retireRouter('router-1', REQUEST);
    assert.equal((await store.router('router-10')).owedChanges.length, 1);
  });

  it('must be held for maintenance, and not be reserved', async () => {
    const { store } = etcd();
    const [a, b] = newRouters();
    assert.deepEqual(await store.retireRouter(a, REQUEST), { kind: 'not held' });
    const request = requestOf([a, b]);
    await store.reserve(request);
    await store.beginMaintenance(a, HOLD);
    assert.deepEqual(await store.retireRouter(a, REQUEST), { kind: 'reserved', pair: request.pair });
    assert.equal((await store.router(a)).retired, undefined);
  });

  it('is not reserved by any pair, with or without the hold, until it is readmitted', async () => {
    const { store } = etcd();
    const [a, b] = newRouters();
    await store.beginMaintenance(a, HOLD);
    await store.retireRouter(a, REQUEST);
    const retired = { ...REQUEST, dropped: [] };
    for (const routers of [
      [a, b],
      [b, a],
    ] as const) {
      const refused = { kind: 'retired', routerId: a, retired };
      assert.deepEqual(await store.reserve(requestOf(routers)), refused);
      await store.endMaintenance(a);
      assert.deepEqual(await store.reserve(requestOf(routers)), refused);
    }
    assert.equal((await store.router(b)).reservation, null);
    assert.deepEqual(await store.readmitRouter(a), retired);
    assert.equal(await store.readmitRouter(a), null);
    assert.equal((await store.reserve(requestOf([a, b]))).kind, 'reserved');
  });

  it('takes no write under a fencing token from before', async () => {
    const { store, fence, owed } = await owing();
    await store.retireRouter('router-1', REQUEST);
    assert.equal(await store.addOwedChanges(fence, 'router-1', owed), false);
    assert.equal(await store.permitCommit(fence, ['router-1'], newMembers(1), SINCE), false);
    assert.deepEqual((await store.router('router-1')).owedChanges, []);
  });

  it('keeps its retirement through holds, and is retired once, however often it is asked', async () => {
    const { store, gateway } = await owing();
    await store.retireRouter('router-1', REQUEST);
    await store.endMaintenance('router-1');
    await store.beginMaintenance('router-1', { ...HOLD, reason: 'again' });
    const again = await store.retireRouter('router-1', { ...REQUEST, by: 'bob' });
    assert.equal(again.kind, 'retired');
    assert.deepEqual(again.retired, { ...REQUEST, dropped: [gateway] });
  });

  it('names so many gateways as its record has room for, says how many more there were, and frees the claims of all', async () => {
    const { store, gateway, fence, kept } = await owing();
    const others = Array.from({ length: DROPPED_LIMIT + 2 }, () => owedChangeFor(newGateway(0)));
    await store.endMaintenance('router-1');
    await store.reserve(fence);
    await store.issueToken(fence, {});
    assert.equal(await store.addOwedChanges(fence, 'router-1', others), true);
    await store.beginMaintenance('router-1', HOLD);
    await store.endReservation(fence);
    const outcome = await store.retireRouter('router-1', REQUEST);
    assert.ok(outcome.kind === 'retired');
    const { dropped, more } = outcome.retired;
    assert.deepEqual([dropped.length, more], [DROPPED_LIMIT, 3]);
    assert.ok(!dropped.some(({ resourceId }) => resourceId === gateway.resourceId));
    assert.equal(await kept(), 0);
    assert.deepEqual((await store.router('router-1')).retired, outcome.retired);
  });

  it('does not grow, however many deletions it would owe: the newest is named, and the oldest is counted', async () => {
    const { store, gateway, deciding, reserved } = await begun(etcd());
    const dropped = newMembers(DROPPED_LIMIT).map((member) => member.gateway);
    const record = { reservation: null, maintenance: null, retired: { ...REQUEST, dropped, more: 7 } };
    await etcd().raw.put(KEYS.router('router-2')).value(JSON.stringify(record));
    await store.payOwedChange(await reserved(), 'router-1', deciding);
    const { retired } = await store.router('router-2');
    assert.deepEqual(retired, { ...REQUEST, dropped: [...dropped.slice(1), gateway], more: 8 });
    assert.deepEqual(await store.readmitRouter('router-2'), retired);
  });
});
