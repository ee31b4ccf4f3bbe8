import assert from 'node:assert/strict';
import { useEtcd } from './fixture.ts';
import { SINCE, owedChangeFor, fresh, newMembers, newRouters, requestOf } from './reservation-fixture.ts';

const HOLD = { reason: 'new line card', since: SINCE };

describe('a router under a maintenance hold', () => {
  const etcd = useEtcd();

  it('gets no reservation, whatever pair requests it and in whatever order, until the hold ends', async () => {
    const { store } = etcd();
    const [a, b] = newRouters();
    const c = fresh('router');
    assert.deepEqual(await store.beginMaintenance(b, HOLD), {
      reservation: null,
      maintenance: HOLD,
      owedChanges: [],
    });
    for (const routers of [
      [a, b],
      [b, a],
      [b, c],
      [c, b],
    ] as const) {
      assert.deepEqual(await store.reserve(requestOf(routers)), {
        kind: 'maintenance',
        routerId: b,
        maintenance: HOLD,
        nothingLeft: true,
      });
    }
    assert.equal((await store.router(a)).reservation, null);
    assert.equal((await store.reserve(requestOf([a, c]))).kind, 'reserved');
    assert.deepEqual(await store.endMaintenance(b), HOLD);
    assert.equal((await store.router(b)).maintenance, null);
    assert.equal((await store.reserve(requestOf([b, fresh('router')]))).kind, 'reserved');
  });

  it('shows when the hold first began, with the reason that was given last', async () => {
    const { store, raw } = etcd();
    const router = fresh('router');
    await store.beginMaintenance(router, HOLD);
    const { revision } = (await raw.get('/').exec()).header;
    await store.beginMaintenance(router, { ...HOLD, since: '2027-01-01T00:00:00.000Z' });
    assert.equal((await raw.get('/').exec()).header.revision, revision);
    const { maintenance: hold } = await store.beginMaintenance(router, {
      reason: 'b',
      since: '2027-01-01T00:00:00.000Z',
    });
    assert.deepEqual(hold, { reason: 'b', since: SINCE });
  });

  it('shows who has begun it, and after its end who has ended it, until the next one begins', async () => {
    const { store } = etcd();
    const router = fresh('router');
    await store.beginMaintenance(router, { ...HOLD, by: 'alice' });
    const { maintenance } = await store.beginMaintenance(router, { ...HOLD, by: 'bob' });
    assert.deepEqual(maintenance, { ...HOLD, by: 'bob' });
    const ended = { by: 'carol', since: '2026-01-02T03:04:06.000Z' };
    assert.deepEqual(await store.endMaintenance(router, ended), { ...HOLD, by: 'bob' });
    assert.deepEqual((await store.router(router)).freed, { from: 'hold', ...ended });
    const request = requestOf([router, fresh('router')]);
    await store.reserve(request);
    await store.endReservation(request);
    assert.deepEqual((await store.router(router)).freed, { from: 'hold', ...ended });
    assert.equal((await store.beginMaintenance(router, HOLD)).freed, undefined);
  });

  it('is left as it is by whoever holds only a free router, and by whoever ends another hold', async () => {
    const { store } = etcd();
    const router = fresh('router');
    const own = { reason: 'a trial', by: 'bob', since: SINCE };
    assert.deepEqual((await store.beginMaintenance(router, own, { onlyIfFree: true })).maintenance, own);
    await store.beginMaintenance(router, { ...HOLD, by: 'alice' });
    const { maintenance } = await store.beginMaintenance(router, own, { onlyIfFree: true });
    assert.ok(maintenance);
    assert.deepEqual(maintenance, { ...HOLD, by: 'alice' });
    for (const other of [
      own,
      { ...maintenance, by: 'bob' },
      { ...maintenance, since: '2026-05-04T11:00:00.000Z' },
      HOLD,
    ]) {
      assert.equal(await store.endMaintenance(router, undefined, other), null);
      assert.deepEqual((await store.router(router)).maintenance, maintenance);
    }
    assert.deepEqual(await store.endMaintenance(router, undefined, maintenance), maintenance);
  });

  it('lets the current reservation be settled', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    await store.issueToken(request, {});
    const record = await store.beginMaintenance(routers[0], HOLD);
    assert.equal(record.reservation?.id, request.reservation);

    assert.equal((await store.reserve(request)).kind, 'reserved');
    assert.equal((await store.issueToken(request, {})).kind, 'issued');
    const fence = { ...request, token: 2 };
    const members = newMembers(2);
    assert.equal(await store.permitCommit(fence, routers, members, SINCE), true);
    assert.equal(await store.markSettled(fence, { finished: { [routers[0]]: members } }), true);
    assert.equal(await store.addOwedChanges(fence, routers[1], [owedChangeFor(members[0]!.gateway)]), true);
    await store.endReservation(request);
    assert.deepEqual((await store.router(routers[0])).maintenance, HOLD);
    assert.equal((await store.reserve(requestOf(routers))).kind, 'maintenance');
  });

  it('lets a reservation that was left behind be taken over while it may have something on the routers', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    await store.issueToken(request, {});
    const members = newMembers(1);
    await store.permitCommit({ ...request, token: 1 }, [routers[1]], members, SINCE);
    await store.beginMaintenance(routers[0], HOLD);
    const outcome = await store.reserve(requestOf(routers));
    assert.equal(outcome.kind, 'reserved');
    assert.deepEqual(outcome.leftover, members);
    assert.deepEqual(outcome.records[0].maintenance, HOLD);
  });

  it('ends a reservation that was left behind with nothing on the routers', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    await store.issueToken(request, {});
    await store.beginMaintenance(routers[0], HOLD);
    assert.equal((await store.reserve(requestOf(routers))).kind, 'maintenance');
    assert.equal((await store.router(routers[0])).reservation, null);
    // The other router is free for others.
    assert.equal((await store.reserve(requestOf([routers[1], fresh('router')]))).kind, 'reserved');
    assert.equal(await store.permitCommit({ ...request, token: 1 }, routers, newMembers(1), SINCE), false);
  });

  it('leaves no trace when a hold is ended that never began', async () => {
    const { store } = etcd();
    const router = fresh('router');
    assert.equal(await store.endMaintenance(router), null);
    assert.equal((await store.routers()).has(router), false);
  });

  it('that is requested at the same moment has the hold, or a reservation that began before', async () => {
    const { store, raw } = etcd();
    for (let round = 0; round < 10; round += 1) {
      const routers = newRouters();
      const request = requestOf(routers);
      const [outcome] = await Promise.all([store.reserve(request), store.beginMaintenance(routers[1], HOLD)]);
      const record = await store.router(routers[1]);
      assert.deepEqual(record.maintenance, HOLD);
      assert.equal(record.reservation?.id ?? null, outcome.kind === 'reserved' ? request.reservation : null);
      assert.equal(
        ((await raw.get(`/gateway-saga/routers/${routers[1]}`).json()) as typeof record).maintenance?.reason,
        HOLD.reason,
      );
    }
  });

  it('is no name for another key', async () => {
    await assert.rejects(async () => etcd().store.beginMaintenance('a/b', HOLD), TypeError);
  });
});
