import assert from 'node:assert/strict';
import { useEtcd } from './fixture.ts';
import { SINCE, debtFor, fresh, newMembers, newRouters, requestOf } from './reservation-fixture.ts';

const HOLD = { reason: 'new line card', since: SINCE };

describe('a router that is held', () => {
  const etcd = useEtcd();

  it('begins no turn, whatever pair asks for it and in whatever order, until it is released', async () => {
    const { store } = etcd();
    const [a, b] = newRouters();
    const c = fresh('router');
    assert.deepEqual(await store.holdRouter(b, HOLD), { turn: null, hold: HOLD, debts: [] });
    for (const routers of [
      [a, b],
      [b, a],
      [b, c],
      [c, b],
    ] as const) {
      assert.deepEqual(await store.takeTurn(requestOf(routers)), { kind: 'held', routerId: b, hold: HOLD });
    }
    assert.equal((await store.router(a)).turn, null);
    assert.equal((await store.takeTurn(requestOf([a, c]))).kind, 'taken');
    assert.deepEqual(await store.releaseRouter(b), HOLD);
    assert.equal((await store.router(b)).hold, null);
    assert.equal((await store.takeTurn(requestOf([b, fresh('router')]))).kind, 'taken');
  });

  it('is held since it was first held, with the reason that was given last', async () => {
    const { store, raw } = etcd();
    const router = fresh('router');
    await store.holdRouter(router, HOLD);
    const { revision } = (await raw.get('/').exec()).header;
    await store.holdRouter(router, { ...HOLD, since: '2027-01-01T00:00:00.000Z' });
    assert.equal((await raw.get('/').exec()).header.revision, revision);
    const { hold } = await store.holdRouter(router, { reason: 'b', since: '2027-01-01T00:00:00.000Z' });
    assert.deepEqual(hold, { reason: 'b', since: SINCE });
  });

  it('lets the turn that is on be settled', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.takeTurn(request);
    await store.beginTurnAttempt(request, {});
    const record = await store.holdRouter(routers[0], HOLD);
    assert.equal(record.turn?.id, request.turn);

    assert.equal((await store.takeTurn(request)).kind, 'taken');
    assert.equal((await store.beginTurnAttempt(request, {})).kind, 'begun');
    const attempt = { ...request, attempt: 2 };
    const members = newMembers(2);
    assert.equal(await store.permitCommit(attempt, routers, members, SINCE), true);
    assert.equal(await store.markWithout(attempt, routers[0], members), true);
    assert.equal(await store.addDebts(attempt, routers[1], [debtFor(members[0]!.gateway)]), true);
    await store.releaseTurn(request);
    assert.deepEqual((await store.router(routers[0])).hold, HOLD);
    assert.equal((await store.takeTurn(requestOf(routers))).kind, 'held');
  });

  it('lets a turn that was left behind be taken over while it may have something on the routers', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.takeTurn(request);
    await store.beginTurnAttempt(request, {});
    const members = newMembers(1);
    await store.permitCommit({ ...request, attempt: 1 }, [routers[1]], members, SINCE);
    await store.holdRouter(routers[0], HOLD);
    const outcome = await store.takeTurn(requestOf(routers));
    assert.equal(outcome.kind, 'taken');
    assert.deepEqual(outcome.leftover, members);
    assert.deepEqual(outcome.records[0].hold, HOLD);
  });

  it('ends a turn that was left behind with nothing on the routers', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.takeTurn(request);
    await store.beginTurnAttempt(request, {});
    await store.holdRouter(routers[0], HOLD);
    assert.equal((await store.takeTurn(requestOf(routers))).kind, 'held');
    assert.equal((await store.router(routers[0])).turn, null);
    // The other router is free for others.
    assert.equal((await store.takeTurn(requestOf([routers[1], fresh('router')]))).kind, 'taken');
    assert.equal(await store.permitCommit({ ...request, attempt: 1 }, routers, newMembers(1), SINCE), false);
  });

  it('that wasn’t held is released without a trace', async () => {
    const { store } = etcd();
    const router = fresh('router');
    assert.equal(await store.releaseRouter(router), null);
    assert.equal((await store.routers()).has(router), false);
  });

  it('and asked for at the same moment is held, or has a turn that began before', async () => {
    const { store, raw } = etcd();
    for (let round = 0; round < 10; round += 1) {
      const routers = newRouters();
      const request = requestOf(routers);
      const [outcome] = await Promise.all([store.takeTurn(request), store.holdRouter(routers[1], HOLD)]);
      const record = await store.router(routers[1]);
      assert.deepEqual(record.hold, HOLD);
      assert.equal(record.turn?.id ?? null, outcome.kind === 'taken' ? request.turn : null);
      assert.equal(
        ((await raw.get(`/gateway-saga/routers/${routers[1]}`).json()) as typeof record).hold?.reason,
        HOLD.reason,
      );
    }
  });

  it('is no name for another key', async () => {
    await assert.rejects(async () => etcd().store.holdRouter('a/b', HOLD), TypeError);
  });
});
