import assert from 'node:assert/strict';
import { Witness, newGateway, requestFor, useOwnEtcd } from './fixture.ts';
import {
  SINCE,
  fresh,
  keepOwing,
  newMembers,
  newRouters,
  owedChangeFor,
  requestOf,
} from './reservation-fixture.ts';

describe('what is owed on a router (T7)', () => {
  const etcd = useOwnEtcd();

  /** A reservation with a first token. */
  async function reserved(routers = newRouters()) {
    const { store, raw } = etcd();
    const request = requestOf(routers);
    await store.reserve(request);
    await store.issueToken(request, {});
    const owedChangesOf = async (id: string) => (await store.router(id)).owedChanges;
    const revision = async () => (await raw.get('/').exec()).header.revision;
    return { store, routers, request, fence: { ...request, token: 1 }, owedChangesOf, revision };
  }

  it('belongs to the router: the next reservation there finds it, whatever pair it is', async () => {
    const { store, routers, fence, request } = await reserved();
    const [one, other] = routers;
    const owedChange = owedChangeFor(newGateway());
    assert.equal(await store.addOwedChanges(fence, other, [owedChange]), true);
    await store.endReservation(request);
    const third = fresh('router');
    const next = await store.reserve(requestOf([other, third]));
    assert.equal(next.kind, 'reserved');
    assert.deepEqual(
      next.records.map(({ owedChanges }) => owedChanges),
      [[owedChange], []],
    );
    assert.deepEqual((await store.router(one)).owedChanges, []);
  });

  it('is written down however large the changes of a batch are', async () => {
    const { store, routers, fence, owedChangesOf } = await reserved();
    const owed = Array.from({ length: 20 }, (_, index) => {
      const { change, ...rest } = owedChangeFor(newGateway());
      const before = change.before && { ...change.before, create: 'x'.repeat(100_000 + index) };
      return { ...rest, change: { ...change, before } };
    });
    assert.equal(await store.addOwedChanges(fence, routers[0], owed), true);
    assert.equal((await owedChangesOf(routers[0])).length, owed.length);
  });

  it('survives new tokens, a takeover, a hold and the loss of the router’s own record', async () => {
    const { store, routers, fence } = await reserved();
    const [one] = routers;
    const owedChange = owedChangeFor(newGateway());
    await store.addOwedChanges(fence, one, [owedChange]);
    const begun = await store.issueToken(fence, {});
    assert.ok(begun.kind === 'issued');
    assert.deepEqual(begun.records[0].owedChanges, [owedChange]);
    const heir = await store.reserve(requestOf(routers));
    assert.ok(heir.kind === 'reserved');
    assert.deepEqual(heir.records[0].owedChanges, [owedChange]);
    assert.deepEqual((await store.beginMaintenance(one, { reason: 'x', since: SINCE })).owedChanges, [
      owedChange,
    ]);
    await store.endMaintenance(one);
    await etcd().raw.delete().key(`/gateway-saga/routers/${one}`);
    assert.deepEqual(await store.router(one), {
      reservation: null,
      maintenance: null,
      owedChanges: [owedChange],
    });
    assert.deepEqual((await store.routers()).get(one), {
      reservation: null,
      maintenance: null,
      owedChanges: [owedChange],
    });
  });

  it('is owed once, however often it is found, and since it was found first', async () => {
    const { store, routers, fence, owedChangesOf, revision } = await reserved();
    const owedChange = owedChangeFor(newGateway());
    await store.addOwedChanges(fence, routers[0], [owedChange, owedChange]);
    const before = await revision();
    const later = { ...owedChange, since: '2027-01-01T00:00:00.000Z', reason: 'again' };
    assert.equal(await store.addOwedChanges(fence, routers[0], [later]), true);
    assert.equal(await revision(), before);
    assert.deepEqual(await owedChangesOf(routers[0]), [owedChange]);
  });

  it('tells by which reservations it may be on trial, as far as that is known', async () => {
    const { store, routers, fence, owedChangesOf } = await reserved();
    const [known, unknown] = [owedChangeFor(newGateway()), owedChangeFor(newGateway())];
    const add = (reservations: readonly string[]) =>
      store.addOwedChanges(fence, routers[0], [
        { ...known, reservations },
        reservations.length > 1 ? unknown : { ...unknown, reservations },
      ]);
    const told = async () =>
      new Set((await owedChangesOf(routers[0])).map(({ reservations }) => reservations));
    await add(['a', 'b']);
    await add(['b']);
    await add([]);
    assert.deepEqual(await told(), new Set([['a', 'b'], undefined]));
    await add(['c']);
    assert.deepEqual(await told(), new Set([['a', 'b', 'c'], undefined]));
  });

  it('is owed for each version, and for each content that the removal of one has', async () => {
    const { store, routers, fence, owedChangesOf } = await reserved();
    const gateway = newGateway();
    const owedChanges = [
      owedChangeFor(gateway),
      owedChangeFor(gateway, fresh('unit')),
      owedChangeFor({ ...gateway, version: 2 }),
    ];
    await store.addOwedChanges(fence, routers[0], owedChanges);
    assert.equal((await owedChangesOf(routers[0])).length, 3);
    assert.equal(await store.payOwedChange(fence, routers[0], owedChanges[1] as never), true);
    assert.deepEqual(new Set(await owedChangesOf(routers[0])), new Set([owedChanges[0], owedChanges[2]]));
  });

  it('may be 64 large removals at once, twice', async () => {
    const { store, routers, fence, owedChangesOf } = await reserved();
    const owedChanges = newMembers(128).map(({ gateway }) => {
      const owedChange = owedChangeFor(gateway);
      const { before } = owedChange.change;
      assert.ok(before);
      const create = `${before.create}\n`.padEnd(40_000, '/* free text */ ');
      return { ...owedChange, change: { before: { ...before, create }, after: null } };
    });
    assert.equal(await store.addOwedChanges(fence, routers[0], owedChanges.slice(0, 64)), true);
    assert.equal(await store.addOwedChanges(fence, routers[0], owedChanges), true);
    assert.equal((await owedChangesOf(routers[0])).length, 128);
    assert.deepEqual(new Set(await owedChangesOf(routers[0])), new Set(owedChanges));
  });

  it('is paid once', async () => {
    const { store, routers, fence, owedChangesOf, revision } = await reserved();
    const [owedChange, other] = [owedChangeFor(newGateway()), owedChangeFor(newGateway())];
    await store.addOwedChanges(fence, routers[0], [owedChange, other]);
    assert.equal(await store.payOwedChange(fence, routers[0], owedChange), true);
    assert.deepEqual(await owedChangesOf(routers[0]), [other]);
    const before = await revision();
    assert.equal(await store.payOwedChange(fence, routers[0], owedChange), true);
    assert.equal(await revision(), before);
  });

  it('is neither owed, paid nor taken back by an attempt whose token was voided, or whose reservation is over', async () => {
    const { store, routers, request, fence, owedChangesOf } = await reserved();
    const owedChange = owedChangeFor(newGateway());
    await store.addOwedChanges(fence, routers[0], [owedChange]);
    await store.issueToken(request, {});
    const assertNoSay = async () => {
      assert.equal(await store.addOwedChanges(fence, routers[0], [owedChangeFor(newGateway())]), false);
      assert.equal(await store.payOwedChange(fence, routers[0], owedChange), false);
      assert.equal(await keepOwing(store, fence, routers[0], owedChange.gateway), false);
      assert.deepEqual(await owedChangesOf(routers[0]), [owedChange]);
    };
    await assertNoSay();
    await store.endReservation(request);
    await assertNoSay();
    await store.reserve(requestOf(routers));
    await assertNoSay();
  });

  describe('is owed no more once the gateway is kept', () => {
    let over = async (): Promise<void> => undefined;
    afterEach(() => over());

    /** `router-1` owes a change of a gateway at version 1. The gateway's plan is registered at version `planned`. */
    async function owedWithPlan(planned: number, unit?: string) {
      const gateway = newGateway();
      const { store, fence } = await reserved(['router-1', fresh('router')]);
      const owedChange = owedChangeFor(gateway);
      await store.addOwedChanges(fence, 'router-1', [owedChange]);
      over = async () => void (await store.endReservation(fence));
      const next = { ...gateway, version: planned };
      const revision = await new Witness(etcd().raw, next).configure();
      const options = { unit: unit ?? gateway.resourceId };
      assert.equal((await store.register(requestFor(next, revision, options))).kind, 'registered');
      const owed = async () =>
        (await store.router('router-1')).owedChanges.some(
          ({ gateway: { resourceId } }) => resourceId === gateway.resourceId,
        );
      return { store, fence, owedChange, next, owed };
    }

    for (const [name, version] of [
      ['a newer version', 2],
      ['another run of the same version', 1],
    ] as const) {
      it(`when ${name} owns the stanza`, async () => {
        const { store, fence, next, owed } = await owedWithPlan(version);
        assert.equal(await keepOwing(store, fence, 'router-1', next), true);
        assert.equal(await owed(), false);
      });
    }

    it('not when the newer version owns other stanzas', async () => {
      const { store, fence, next, owed } = await owedWithPlan(2, fresh('unit'));
      assert.equal(await keepOwing(store, fence, 'router-1', next), true);
      assert.equal(await owed(), true);
    });

    it('not on a router that isn’t the newer plan’s', async () => {
      const { store, fence } = await reserved();
      const gateway = newGateway();
      const owedChange = owedChangeFor(gateway);
      await store.addOwedChanges(fence, fence.routers[0], [owedChange]);
      const revision = await new Witness(etcd().raw, gateway).configure();
      await store.register(requestFor(gateway, revision));
      assert.equal(await keepOwing(store, fence, fence.routers[0], gateway), true);
      assert.deepEqual((await store.router(fence.routers[0])).owedChanges, [owedChange]);
    });

    it('not when the plan is of an older version than the requested one, or there is none', async () => {
      const { store, fence, next, owed } = await owedWithPlan(1);
      await keepOwing(store, fence, 'router-1', { ...next, version: 2 });
      await etcd().raw.delete().key(`/gateway-saga/plans/vpn_gateways/${next.resourceId}`);
      await keepOwing(store, fence, 'router-1', next);
      assert.equal(await owed(), true);
    });

    it('not of another gateway, nor of a version that is newer still', async () => {
      const { store, fence, next } = await owedWithPlan(2);
      const others = [owedChangeFor({ ...next, version: 3 }), owedChangeFor(newGateway(), next.resourceId)];
      await store.addOwedChanges(fence, 'router-1', others);
      await keepOwing(store, fence, 'router-1', next);
      const left = (await store.router('router-1')).owedChanges.filter(({ gateway }) =>
        [next, ...others.map((one) => one.gateway)].some(
          ({ resourceId }) => resourceId === gateway.resourceId,
        ),
      );
      assert.deepEqual(new Set(left), new Set(others));
      await store.endReservation(fence);
    });
  });

  it('that can’t be read is never overlooked', async () => {
    const { store, raw } = etcd();
    const routers = newRouters();
    const key = `/gateway-saga/owed-changes/${routers[0]}/vpn_gateways/x/1:00`;
    await raw.put(key).value('{"gateway":{"version":1}}');
    await assert.rejects(store.router(routers[0]), { name: 'StoreCorruptError', key });
    await raw.delete().key(key);
  });
});
