import assert from 'node:assert/strict';
import { RECORD_SCHEMA } from '../../etcd/record-schemas.ts';
import { newGateway, useOwnEtcd } from './fixture.ts';
import { SINCE, fresh, newRouters, owedChangeFor, requestOf } from './reservation-fixture.ts';

describe('what metrics read from etcd', () => {
  const etcd = useOwnEtcd();

  it('is how many routers there are, what each owes and since when, and which are held', async () => {
    const { store, raw } = etcd();
    assert.deepEqual(await store.upkeep(), { routers: 0, owed: new Map(), holds: new Map() });
    const [one, other] = newRouters();
    for (const id of [one, other, fresh('router')])
      await raw.put(`/config/v2.0/edge_routers/${id}`).value('{}');
    const request = requestOf([one, other]);
    await store.reserve(request);
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const owed = (since: string) => ({ ...owedChangeFor(newGateway()), since });
    const [first, second, third] = [
      owed(SINCE),
      owed('2026-02-02T00:00:00.000Z'),
      owed('2026-03-03T00:00:00.000Z'),
    ];
    await store.addOwedChanges(fence, other, [first]);
    await store.addOwedChanges(fence, one, [second]);
    await store.addOwedChanges(fence, other, [third]);
    await store.beginMaintenance(one, { reason: 'new line card', since: SINCE });
    assert.deepEqual(await store.upkeep(), {
      routers: 3,
      owed: new Map([
        [one, 1],
        [other, 2],
      ]),
      owedSince: SINCE,
      holds: new Map([[one, SINCE]]),
    });

    await store.payOwedChange(fence, other, first);
    await store.endMaintenance(one);
    const { owedSince, holds } = await store.upkeep();
    assert.deepEqual([owedSince, holds.size], [second.since, 0]);
  });

  it('counts no hold of a router that is retired', async () => {
    const { store } = etcd();
    const [dead, held] = newRouters();
    for (const id of [dead, held]) await store.beginMaintenance(id, { reason: 'burnt', since: SINCE });
    const retired = await store.retireRouter(dead, { reason: 'burnt', by: 'alice', since: SINCE });
    assert.equal(retired.kind, 'retired', JSON.stringify(retired));
    const { holds } = await store.upkeep();
    assert.deepEqual([holds.has(dead), holds.get(held)], [false, SINCE]);
  });

  for (const [what, value] of [
    ['can not be read', '{'],
    ['a newer version has written', JSON.stringify({ schema: RECORD_SCHEMA + 1 })],
  ] as const)
    it(`hides no other record behind one that ${what}`, async () => {
      const { store, raw } = etcd();
      const [broken, held] = newRouters();
      await raw.put(`/gateway-saga/routers/${broken}`).value(value);
      const hold = { reason: 'new line card', since: SINCE };
      await store.beginMaintenance(held, hold);
      assert.equal((await store.upkeep()).holds.get(held), SINCE);
      assert.deepEqual(await store.holds([broken, held]), [null, hold]);
    });

  it('tells owed changes apart up to a bound, and counts the rest', async () => {
    const { store, raw } = etcd();
    await raw.delete().prefix('/gateway-saga/owed-changes/');
    const txn = Array.from({ length: 11 }, (_, part) =>
      Array.from(
        { length: 100 },
        (_, index) => `/gateway-saga/owed-changes/r/vpn_gateways/${part}-${index}/1:x`,
      ),
    );
    for (const keys of txn)
      await raw.kv.txn({
        success: keys.map((key) => ({ request_put: { key: Buffer.from(key), value: Buffer.from('{}') } })),
      });
    const { owed, owedSince } = await store.upkeep();
    assert.deepEqual(
      owed,
      new Map([
        ['r', 1_000],
        [undefined, 100],
      ]),
    );
    assert.equal(owedSince, undefined);
  });
});
