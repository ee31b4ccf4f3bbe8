import assert from 'node:assert/strict';
import { newGateway, useEtcd } from './fixture.ts';
import { SINCE, fresh, newMembers, newRouters, requestOf, reservationIds } from './reservation-fixture.ts';

describe('the reservation of a pair of routers (T8)', () => {
  const etcd = useEtcd();
  const reservationsOf = (...routers: readonly string[]) => reservationIds(etcd().store, routers);

  it('is taken on both at once, and is read back whole', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    const reservation = {
      id: request.reservation,
      pair: request.pair,
      since: SINCE,
      token: 0,
      sessions: [],
      members: [],
      committedAt: null,
    };
    const record = { reservation, maintenance: null, owedChanges: [] };
    assert.deepEqual(await store.reserve(request), {
      kind: 'reserved',
      records: [record, record],
      leftover: [],
    });
    assert.deepEqual(await store.router(routers[0]), record);
    const all = await store.routers();
    assert.deepEqual([all.get(routers[0]), all.get(routers[1])], [record, record]);
  });

  it('of an unknown router belongs to no pair', async () => {
    assert.deepEqual(await etcd().store.router(fresh('router')), {
      reservation: null,
      maintenance: null,
      owedChanges: [],
    });
  });

  it('is the same reservation when its id is requested again, with the routers in the other order too', async () => {
    const { store, raw } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    const { revision } = (await raw.get('/').exec()).header;
    const again = await store.reserve({ ...request, routers: [routers[1], routers[0]] });
    assert.equal(again.kind, 'reserved');
    assert.equal((await raw.get('/').exec()).header.revision, revision);
  });

  it('is one pair’s, whichever of its routers the other one shares', async () => {
    const { store } = etcd();
    const [a, b] = newRouters();
    const c = fresh('router');
    const first = requestOf([a, b]);
    await store.reserve(first);
    for (const routers of [
      [b, c],
      [c, b],
      [c, a],
      [a, c],
    ] as const) {
      const outcome = await store.reserve(requestOf(routers));
      assert.equal(outcome.kind, 'busy');
      assert.equal(outcome.routerId, routers[0] === c ? routers[1] : routers[0]);
      assert.equal(outcome.reservation.id, first.reservation);
    }
    assert.deepEqual(await reservationsOf(a, b, c), [first.reservation, first.reservation, null]);
    await store.endReservation(first);
    assert.equal((await store.reserve(requestOf([c, b]))).kind, 'reserved');
  });

  it('is not given back without a look while a commit was permitted on it', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    const begun = await store.issueToken(request, {});
    assert.ok(begun.kind === 'issued');
    const { fence } = begun;
    const members = newMembers(1);
    assert.equal(await store.permitCommit(fence, routers, members, SINCE), true);
    assert.equal(await store.endReservation(request, { ifEmpty: true }), false);
    assert.deepEqual(await reservationsOf(...routers), [request.reservation, request.reservation]);
    for (const router of routers) await store.markSettled(fence, { finished: { [router]: members } });
    assert.equal(await store.endReservation(request, { ifEmpty: true }), true);
    assert.deepEqual(await reservationsOf(...routers), [null, null]);
  });

  it('of overlapping pairs that request it at once and in any order goes to one of them, and in the end to all', async () => {
    const { store, raw } = etcd();
    const [a, b] = newRouters();
    const c = fresh('router');
    const waiting = new Map(
      [
        [a, b],
        [b, c],
        [c, a],
        [b, a],
        [c, b],
        [a, c],
      ].map((ids) => {
        const request = { ...requestOf(ids as [string, string]), pair: fresh('pair') };
        return [request.reservation, request] as const;
      }),
    );
    for (let round = 0; waiting.size > 0; round += 1) {
      assert.ok(round < 6, 'a round in which nobody got it');
      const requests = [...waiting.values()];
      const outcomes = await Promise.all(requests.map((request) => store.reserve(request)));
      const taken = requests.filter((_, index) => outcomes[index]?.kind === 'reserved');
      assert.equal(taken.length, 1);
      const [winner] = taken;
      assert.ok(winner);
      assert.ok(outcomes.every(({ kind }) => kind === 'reserved' || kind === 'busy'));
      await store.endReservation(winner);
      waiting.delete(winner.reservation);
    }
    assert.deepEqual(await reservationsOf(a, b, c), [null, null, null]);
    await assertNeverAlone([a, b, c], raw);
  });

  /** At every revision, a reservation that stands on one router stands on exactly one more. */
  async function assertNeverAlone(ids: readonly string[], raw: ReturnType<typeof etcd>['raw']) {
    const last = Number((await raw.get('/').exec()).header.revision);
    let seen = 0;
    for (let revision = 1; revision <= last; revision += 1) {
      const values = await Promise.all(
        ids.map((id) => raw.get(`/gateway-saga/routers/${id}`).revision(revision).string()),
      );
      const reservations = values
        .flatMap((value) => (value ? [JSON.parse(value).reservation?.id] : []))
        .filter(Boolean);
      seen += reservations.length;
      if (reservations.length > 0)
        assert.deepEqual([reservations.length, new Set(reservations).size], [2, 1]);
    }
    assert.ok(seen > 0);
  }

  it('is refused to a pair that names one router twice', async () => {
    const router = fresh('router');
    await assert.rejects(async () => etcd().store.reserve(requestOf([router, router])), {
      name: 'TypeError',
      message: `Expected two routers, got ${router} twice`,
    });
  });

  it('ends on both at once, however often its pair ends it, and by no other pair', async () => {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    await store.endReservation({ routers, reservation: fresh('reservation') });
    assert.deepEqual(await reservationsOf(...routers), [request.reservation, request.reservation]);
    await store.endReservation(request);
    assert.deepEqual(await reservationsOf(...routers), [null, null]);
    const next = requestOf(routers);
    await store.reserve(next);
    await store.endReservation(request);
    assert.deepEqual(await reservationsOf(...routers), [next.reservation, next.reservation]);
  });

  for (const [name, value] of [
    ['no JSON', 'nonsense'],
    ['half a reservation', '{"reservation":{"id":"x"},"maintenance":null}'],
    ['half a hold', '{"reservation":null,"maintenance":{"reason":1}}'],
  ] as const) {
    it(`can’t be taken while a router’s record is ${name}`, async () => {
      const { store, raw } = etcd();
      const routers = newRouters();
      const key = `/gateway-saga/routers/${routers[1]}`;
      await raw.put(key).value(value);
      await assert.rejects(store.reserve(requestOf(routers)), { name: 'StoreCorruptError', key });
      assert.equal((await store.router(routers[0])).reservation, null);
      await raw.delete().key(key);
    });
  }
});

describe('what etcd knows of a batch', () => {
  const etcd = useEtcd();

  it('is read in the requested order, missing, unreadable and impossible ones included', async () => {
    const { store, raw } = etcd();
    const [known, unknown, broken] = [newGateway(), newGateway(), newGateway()];
    const hostile = { resourceType: 'vpn_gateway', resourceId: '../x/y', version: 1 };
    for (const kind of ['/gateway-saga/plans', '/state/v2.0']) {
      await raw.put(`${kind}/vpn_gateways/${broken.resourceId}`).value('nonsense');
    }
    const { header } = await raw
      .put(`/state/v2.0/vpn_gateways/${known.resourceId}`)
      .value('{"version":4,"state":{"worker_state":"CREATE_COMPLETED"},"error":""}');
    const wanted = [broken, known, hostile, unknown, known];
    const facts = { version: 4, revision: header.revision, workerState: 'CREATE_COMPLETED', error: '' };
    const [unreadable, ...others] = await store.states(wanted);
    assert.deepEqual([unreadable?.version, unreadable?.workerState], [null, '']);
    assert.deepEqual(others, [facts, undefined, undefined, facts]);
    const plans = await store.plans(wanted);
    assert.equal(plans[0] instanceof Error && plans[0].name, 'StoreCorruptError');
    assert.deepEqual(plans.slice(1), [undefined, undefined, undefined, undefined]);
  });

  it('is read for 64 at once, and for none', async () => {
    const { store } = etcd();
    const gateways = newMembers(64).map(({ gateway }) => gateway);
    assert.equal((await store.plans(gateways)).length, 64);
    assert.equal((await store.states(gateways)).length, 64);
    assert.deepEqual(await store.plans([]), []);
  });
});
