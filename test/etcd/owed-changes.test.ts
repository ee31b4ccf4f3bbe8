import assert from 'node:assert/strict';
import { Witness, newGateway, requestFor, useEtcd } from './fixture.ts';
import { SINCE, debtFor, fresh, newMembers, newRouters, requestOf } from './reservation-fixture.ts';

describe('what is owed on a router (T7)', () => {
  const etcd = useEtcd();

  /** A turn with a first attempt. */
  async function taken(routers = newRouters()) {
    const { store, raw } = etcd();
    const request = requestOf(routers);
    await store.takeTurn(request);
    await store.beginTurnAttempt(request, {});
    const debtsOf = async (id: string) => (await store.router(id)).debts;
    const revision = async () => (await raw.get('/').exec()).header.revision;
    return { store, routers, request, attempt: { ...request, attempt: 1 }, debtsOf, revision };
  }

  it('is the router’s: whoever has the next turn there finds it, whatever pair it is', async () => {
    const { store, routers, attempt, request } = await taken();
    const [one, other] = routers;
    const debt = debtFor(newGateway());
    assert.equal(await store.addDebts(attempt, other, [debt]), true);
    await store.releaseTurn(request);
    const third = fresh('router');
    const next = await store.takeTurn(requestOf([other, third]));
    assert.equal(next.kind, 'taken');
    assert.deepEqual(
      next.records.map(({ debts }) => debts),
      [[debt], []],
    );
    assert.deepEqual((await store.router(one)).debts, []);
  });

  it('survives attempts, a takeover, a hold and the loss of the router’s own record', async () => {
    const { store, routers, attempt } = await taken();
    const [one] = routers;
    const debt = debtFor(newGateway());
    await store.addDebts(attempt, one, [debt]);
    const begun = await store.beginTurnAttempt(attempt, {});
    assert.ok(begun.kind === 'begun');
    assert.deepEqual(begun.records[0].debts, [debt]);
    const heir = await store.takeTurn(requestOf(routers));
    assert.ok(heir.kind === 'taken');
    assert.deepEqual(heir.records[0].debts, [debt]);
    assert.deepEqual((await store.holdRouter(one, { reason: 'x', since: SINCE })).debts, [debt]);
    await store.releaseRouter(one);
    await etcd().raw.delete().key(`/gateway-saga/routers/${one}`);
    assert.deepEqual(await store.router(one), { turn: null, hold: null, debts: [debt] });
    assert.deepEqual((await store.routers()).get(one), { turn: null, hold: null, debts: [debt] });
  });

  it('is owed once, however often it is found, and since it was found first', async () => {
    const { store, routers, attempt, debtsOf, revision } = await taken();
    const debt = debtFor(newGateway());
    await store.addDebts(attempt, routers[0], [debt, debt]);
    const before = await revision();
    const later = { ...debt, since: '2027-01-01T00:00:00.000Z', reason: 'again' };
    assert.equal(await store.addDebts(attempt, routers[0], [later]), true);
    assert.equal(await revision(), before);
    assert.deepEqual(await debtsOf(routers[0]), [debt]);
  });

  it('tells by which turns it may be on trial, as far as that is known', async () => {
    const { store, routers, attempt, debtsOf } = await taken();
    const [known, unknown] = [debtFor(newGateway()), debtFor(newGateway())];
    const add = (turns: readonly string[]) =>
      store.addDebts(attempt, routers[0], [
        { ...known, turns },
        turns.length > 1 ? unknown : { ...unknown, turns },
      ]);
    const told = async () => new Set((await debtsOf(routers[0])).map(({ turns }) => turns));
    await add(['a', 'b']);
    await add(['b']);
    await add([]);
    assert.deepEqual(await told(), new Set([['a', 'b'], undefined]));
    await add(['c']);
    assert.deepEqual(await told(), new Set([['a', 'b', 'c'], undefined]));
  });

  it('is owed for each version, and for each content that the removal of one has', async () => {
    const { store, routers, attempt, debtsOf } = await taken();
    const gateway = newGateway();
    const debts = [debtFor(gateway), debtFor(gateway, fresh('unit')), debtFor({ ...gateway, version: 2 })];
    await store.addDebts(attempt, routers[0], debts);
    assert.equal((await debtsOf(routers[0])).length, 3);
    assert.equal(await store.payDebt(attempt, routers[0], debts[1] as never), true);
    assert.deepEqual(new Set(await debtsOf(routers[0])), new Set([debts[0], debts[2]]));
  });

  it('may be 64 large removals at once, twice', async () => {
    const { store, routers, attempt, debtsOf } = await taken();
    const debts = newMembers(128).map(({ gateway }) => {
      const debt = debtFor(gateway);
      const create = `${debt.configuration.create}\n`.padEnd(40_000, '/* free text */ ');
      return { ...debt, configuration: { ...debt.configuration, create } };
    });
    assert.equal(await store.addDebts(attempt, routers[0], debts.slice(0, 64)), true);
    assert.equal(await store.addDebts(attempt, routers[0], debts), true);
    assert.equal((await debtsOf(routers[0])).length, 128);
    assert.deepEqual(new Set(await debtsOf(routers[0])), new Set(debts));
  });

  it('is paid once', async () => {
    const { store, routers, attempt, debtsOf, revision } = await taken();
    const [debt, other] = [debtFor(newGateway()), debtFor(newGateway())];
    await store.addDebts(attempt, routers[0], [debt, other]);
    assert.equal(await store.payDebt(attempt, routers[0], debt), true);
    assert.deepEqual(await debtsOf(routers[0]), [other]);
    const before = await revision();
    assert.equal(await store.payDebt(attempt, routers[0], debt), true);
    assert.equal(await revision(), before);
  });

  it('is neither owed, paid nor taken back by an attempt that was voided, or whose turn is over', async () => {
    const { store, routers, request, attempt, debtsOf } = await taken();
    const debt = debtFor(newGateway());
    await store.addDebts(attempt, routers[0], [debt]);
    await store.beginTurnAttempt(request, {});
    const assertNoSay = async () => {
      assert.equal(await store.addDebts(attempt, routers[0], [debtFor(newGateway())]), false);
      assert.equal(await store.payDebt(attempt, routers[0], debt), false);
      assert.equal(await store.cancelDebts(attempt, routers[0], debt.gateway), undefined);
      assert.deepEqual(await debtsOf(routers[0]), [debt]);
    };
    await assertNoSay();
    await store.releaseTurn(request);
    await assertNoSay();
    await store.takeTurn(requestOf(routers));
    await assertNoSay();
  });

  describe('is taken back', () => {
    let over = async (): Promise<void> => undefined;
    afterEach(() => over());

    /** A debt on `router-1` of a gateway at version 1, whose plan of some version is registered. */
    async function owedWithPlan(planned: number, unit?: string) {
      const gateway = newGateway();
      const { store, attempt } = await taken(['router-1', fresh('router')]);
      const debt = debtFor(gateway);
      await store.addDebts(attempt, 'router-1', [debt]);
      over = async () => void (await store.releaseTurn(attempt));
      const next = { ...gateway, version: planned };
      const revision = await new Witness(etcd().raw, next).configure();
      const options = { unit: unit ?? gateway.resourceId };
      assert.equal((await store.register(requestFor(next, revision, options))).kind, 'registered');
      const owed = async () =>
        (await store.router('router-1')).debts.some(
          ({ gateway: { resourceId } }) => resourceId === gateway.resourceId,
        );
      return { store, attempt, debt, next, owed };
    }

    for (const [name, version] of [
      ['a newer version', 2],
      ['another run of the same version', 1],
    ] as const) {
      it(`when ${name} owns the stanza`, async () => {
        const { store, attempt, debt, next, owed } = await owedWithPlan(version);
        assert.deepEqual(await store.cancelDebts(attempt, 'router-1', next), [debt]);
        assert.equal(await owed(), false);
        assert.deepEqual(await store.cancelDebts(attempt, 'router-1', next), []);
      });
    }

    it('not when the newer version owns other stanzas', async () => {
      const { store, attempt, next, owed } = await owedWithPlan(2, fresh('unit'));
      assert.deepEqual(await store.cancelDebts(attempt, 'router-1', next), []);
      assert.equal(await owed(), true);
    });

    it('not on a router that isn’t the newer plan’s', async () => {
      const { store, attempt } = await taken();
      const gateway = newGateway();
      const debt = debtFor(gateway);
      await store.addDebts(attempt, attempt.routers[0], [debt]);
      const revision = await new Witness(etcd().raw, gateway).configure();
      await store.register(requestFor(gateway, revision));
      assert.deepEqual(await store.cancelDebts(attempt, attempt.routers[0], gateway), []);
      assert.deepEqual((await store.router(attempt.routers[0])).debts, [debt]);
    });

    it('not when the plan is of an older version than the one that is asked for, or there is none', async () => {
      const { store, attempt, next, owed } = await owedWithPlan(1);
      assert.deepEqual(await store.cancelDebts(attempt, 'router-1', { ...next, version: 2 }), []);
      await etcd().raw.delete().key(`/gateway-saga/plans/vpn_gateways/${next.resourceId}`);
      assert.deepEqual(await store.cancelDebts(attempt, 'router-1', next), []);
      assert.equal(await owed(), true);
    });

    it('not of another gateway, nor of a version that is newer still', async () => {
      const { store, attempt, next, owed } = await owedWithPlan(2);
      const others = [debtFor({ ...next, version: 3 }), debtFor(newGateway(), next.resourceId)];
      await store.addDebts(attempt, 'router-1', others);
      const cancelled = await store.cancelDebts(attempt, 'router-1', next);
      assert.deepEqual(
        cancelled?.map(({ gateway }) => gateway.version),
        [1],
      );
      assert.equal(await owed(), true);
      const left = (await store.router('router-1')).debts;
      assert.ok(others.every((debt) => left.some((found) => JSON.stringify(found) === JSON.stringify(debt))));
      await store.releaseTurn(attempt);
    });
  });

  it('that can’t be read is nobody’s to overlook', async () => {
    const { store, raw } = etcd();
    const routers = newRouters();
    const key = `/gateway-saga/debts/${routers[0]}/vpn_gateways/x/1:00`;
    await raw.put(key).value('{"gateway":{"version":1}}');
    await assert.rejects(store.router(routers[0]), { name: 'StoreCorruptError', key });
    await raw.delete().key(key);
  });
});
