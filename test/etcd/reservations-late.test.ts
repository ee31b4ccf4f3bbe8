/** A frozen worker requests a reservation that has ended: by another attempt of its activity, or before a later reservation. */
import assert from 'node:assert/strict';
import type { ActivityCall } from '../../pair/router-record.ts';
import { useEtcd } from './fixture.ts';
import { SINCE, fresh, newRouters, requestOf } from './reservation-fixture.ts';

describe('a call for a reservation that comes late', () => {
  const etcd = useEtcd();
  const scheduled = 1_767_323_045_000;
  const call = (after: number, attempt = 1): ActivityCall => ({ scheduled: scheduled + after, attempt });
  const reservationOn = async (id: string) => (await etcd().store.router(id)).reservation?.id ?? null;

  it('takes nothing once the reservation has ended', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve({ ...request, call: call(0, 2) });
    await store.endReservation(request);
    assert.deepEqual(await store.reserve({ ...request, call: call(0, 1) }), { kind: 'past' });
    assert.deepEqual([await reservationOn(routers[0]), await reservationOn(routers[1])], [null, null]);
  });

  it('takes nothing when others had the routers since, and its own pair had reservations', async () => {
    const { store } = etcd();
    const [a, b] = newRouters();
    const request = requestOf([a, b]);
    await store.reserve({ ...request, call: call(0) });
    await store.endReservation(request);
    for (const [other, after] of [
      [requestOf([a, b]), 1_000],
      [requestOf([a, fresh('router')]), 2_000],
      [requestOf([b, fresh('router')]), 500],
    ] as const) {
      assert.equal((await store.reserve({ ...other, call: call(after) })).kind, 'reserved');
      await store.endReservation(other);
    }
    assert.deepEqual(await store.reserve({ ...request, call: call(0) }), { kind: 'past' });
  });

  it('does not take over the reservation that the pair has now', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const [late, now] = [requestOf(routers), requestOf(routers)];
    await store.reserve({ ...now, call: call(60_000) });
    assert.deepEqual(await store.reserve({ ...late, call: call(0) }), { kind: 'past' });
    assert.equal(await reservationOn(routers[0]), now.reservation);
  });

  it('takes nothing where a hold has ended the reservation, of which nothing was left to settle', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const [late, next] = [requestOf(routers), requestOf(routers)];
    await store.reserve({ ...late, call: call(0, 2) });
    await store.beginMaintenance(routers[0], { reason: 'line card', since: SINCE });
    assert.equal((await store.reserve({ ...next, call: call(1_000) })).kind, 'maintenance');
    await store.endMaintenance(routers[0]);
    assert.deepEqual(await store.reserve({ ...late, call: call(0, 1) }), { kind: 'past' });
    assert.equal(await reservationOn(routers[0]), null);
  });

  it('takes nothing once the pair has ended what it never got, because another pair had a router', async () => {
    const { store } = etcd();
    const [a, b] = newRouters();
    const [late, next] = [requestOf([a, b]), requestOf([a, b])];
    const other = requestOf([a, fresh('router')]);
    await store.reserve({ ...other, call: call(0) });
    assert.equal((await store.reserve({ ...late, call: call(10, 2) })).kind, 'busy');
    await store.endReservation(late, { by: { pair: late.pair, scheduled: scheduled + 20 } });
    assert.equal(await reservationOn(a), other.reservation);
    await store.endReservation(other);
    assert.deepEqual(await store.reserve({ ...late, call: call(10, 1) }), { kind: 'past' });
    assert.deepEqual([await reservationOn(a), await reservationOn(b)], [null, null]);
    assert.equal((await store.reserve({ ...next, call: call(20) })).kind, 'reserved');
  });

  it('takes nothing once the pair has ended what it never got, and both routers are free', async () => {
    const { store } = etcd();
    const request = requestOf(newRouters());
    await store.endReservation(request, { by: { pair: request.pair, scheduled: scheduled + 20 } });
    assert.deepEqual(await store.reserve({ ...request, call: call(10) }), { kind: 'past' });
    assert.equal((await store.reserve({ ...request, call: call(20) })).kind, 'reserved');
  });

  it('is no hindrance to the next reservation, nor to a hold', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const [first, next] = [requestOf(routers), requestOf(routers)];
    await store.reserve({ ...first, call: call(0) });
    await store.issueToken(first, {}, call(10));
    await store.endReservation(first);
    await store.beginMaintenance(routers[0], { reason: 'line card', since: '2026-01-02T03:04:05.000Z' });
    assert.equal((await store.reserve({ ...next, call: call(11) })).kind, 'maintenance');
    await store.endMaintenance(routers[0]);
    assert.equal((await store.reserve({ ...next, call: call(11) })).kind, 'reserved');
    assert.equal(await reservationOn(routers[1]), next.reservation);
  });
});
