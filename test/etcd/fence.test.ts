import assert from 'node:assert/strict';
import { useEtcd } from './fixture.ts';
import { SINCE, fresh, newMembers, newRouters, requestOf } from './reservation-fixture.ts';

const LATER = '2026-01-02T03:09:00.000Z';

describe('the fencing token of a reservation (T3)', () => {
  const etcd = useEtcd();

  async function reserved() {
    const { store, raw } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    const reservation = async (id: string) => {
      const record = await store.router(id);
      assert.ok(record.reservation);
      return record.reservation;
    };
    const revision = async () => (await raw.get('/').exec()).header.revision;
    return { store, routers, request, reservation, revision };
  }

  it('rises with each attempt on both routers, and remembers whose sessions they were', async () => {
    const { store, routers, request } = await reserved();
    const [one, other] = routers;
    await store.issueToken(request, { [one]: '11', [other]: '21' });
    const second = await store.issueToken(request, { [one]: '12', [other]: '21' });
    assert.equal(second.kind, 'issued');
    assert.equal(second.fence.token, 2);
    const reservations = second.records.map(({ reservation }) => [reservation?.token, reservation?.sessions]);
    assert.deepEqual(reservations, [
      [2, ['11', '12']],
      [2, ['21']],
    ]);
    assert.deepEqual(await store.router(one), second.records[0]);
  });

  it('is issued once, even to attempts that begin at the same moment', async () => {
    const { store, request, routers } = await reserved();
    const begun = await Promise.all([1, 2, 3, 4].map(() => store.issueToken(request, {})));
    const numbers = begun.map((outcome) => (outcome.kind === 'issued' ? outcome.fence.token : 0));
    assert.deepEqual(new Set(numbers), new Set([1, 2, 3, 4]));
    const permitted = await Promise.all(
      [1, 2, 3, 4].map((fence) =>
        store.permitCommit({ ...request, token: fence }, routers, newMembers(1), SINCE),
      ),
    );
    assert.deepEqual(permitted, [false, false, false, true]);
  });

  it('is not given to a call that was made before the one that has it, however late it comes', async () => {
    const { store, request, reservation, routers } = await reserved();
    const call = { scheduled: 2_000, attempt: 2 };
    await store.issueToken(request, {}, call);
    for (const earlier of [
      { scheduled: 2_000, attempt: 1 },
      { scheduled: 1_000, attempt: 7 },
    ]) {
      assert.deepEqual(await store.issueToken(request, {}, earlier), { kind: 'overtaken' });
    }
    assert.equal((await reservation(routers[0])).token, 1);
    for (const later of [call, { scheduled: 2_000, attempt: 3 }, { scheduled: 3_000, attempt: 1 }]) {
      assert.equal((await store.issueToken(request, {}, later)).kind, 'issued');
    }
  });

  it('that was voided permits nothing, and changes nothing', async () => {
    const { store, routers, request, revision } = await reserved();
    await store.issueToken(request, {});
    await store.issueToken(request, {});
    const before = await revision();
    for (const number of [0, 1, 3]) {
      const fence = { ...request, token: number };
      assert.equal(await store.permitCommit(fence, routers, newMembers(1), SINCE), false);
      assert.equal(await store.permitCommit(fence, [routers[1]], newMembers(1), SINCE), false);
      assert.equal(await store.markSettled(fence, { finished: { [routers[0]]: newMembers(1) } }), false);
    }
    assert.equal(await revision(), before);
  });

  it('permits nothing once either router’s record is no longer the reservation’s', async () => {
    for (const lost of [0, 1] as const) {
      const { store, routers, request } = await reserved();
      await store.issueToken(request, {});
      await etcd().raw.delete().key(`/gateway-saga/routers/${routers[lost]}`);
      const fence = { ...request, token: 1 };
      for (const id of routers) {
        assert.equal(await store.permitCommit(fence, [id], newMembers(1), SINCE), false);
      }
      assert.deepEqual(await store.issueToken(request, {}), { kind: 'void' });
    }
  });

  it('permits 64 members in one transaction, and changes nothing when the request is repeated', async () => {
    const { store, routers, request, reservation, revision } = await reserved();
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const members = newMembers(64);
    const before = Number(await revision());
    assert.equal(await store.permitCommit(fence, routers, members, SINCE), true);
    assert.equal(await store.permitCommit(fence, routers, members, LATER), true);
    assert.equal(Number(await revision()), before + 1);
    for (const id of routers) {
      assert.deepEqual((await reservation(id)).members, members);
      assert.equal((await reservation(id)).committedAt, SINCE);
    }
  });

  it('stores of a member only what identifies it', async () => {
    const { store, routers, request, reservation } = await reserved();
    await store.issueToken(request, {});
    const [member] = newMembers(1);
    assert.ok(member);
    const named = { ...member, name: 'for people' };
    await store.permitCommit({ ...request, token: 1 }, routers, [named, named], SINCE);
    assert.deepEqual((await reservation(routers[0])).members, [member]);
  });

  it('permits on the named router only, and counts each router’s deadline from its own first commit', async () => {
    const { store, routers, request, reservation } = await reserved();
    const [one, other] = routers;
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const [first, second] = newMembers(2) as [never, never];
    await store.permitCommit(fence, [one], [first], SINCE);
    await store.permitCommit(fence, routers, [second], LATER);
    assert.deepEqual((await reservation(one)).members, [first, second]);
    assert.deepEqual((await reservation(other)).members, [second]);
    assert.equal((await reservation(one)).committedAt, SINCE);
    assert.equal((await reservation(other)).committedAt, LATER);
  });

  it('marks a router as without a member, and with the last one its deadline is over', async () => {
    const { store, routers, request, reservation, revision } = await reserved();
    const [one, other] = routers;
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const [first, second] = newMembers(2) as [never, never];
    await store.permitCommit(fence, routers, [first, second], SINCE);
    assert.equal(await store.markSettled(fence, { finished: { [one]: [first] } }), true);
    assert.deepEqual((await reservation(one)).members, [second]);
    assert.equal((await reservation(one)).committedAt, SINCE);
    assert.equal(await store.markSettled(fence, { finished: { [one]: [first, second] } }), true);
    assert.deepEqual([(await reservation(one)).members, (await reservation(one)).committedAt], [[], null]);
    assert.deepEqual((await reservation(other)).members, [first, second]);
    const before = await revision();
    assert.equal(await store.markSettled(fence, { finished: { [one]: [first] } }), true);
    assert.equal(await revision(), before);
    await store.permitCommit(fence, [one], [first], LATER);
    assert.equal((await reservation(one)).committedAt, LATER);
  });

  it('has of VRRP what was read before the last commit, until no member is left', async () => {
    const { store, routers, request, reservation, revision } = await reserved();
    const [one, other] = routers;
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const [first, second] = newMembers(2) as [never, never];
    const beforeOn = async (id: string) => (await reservation(id)).vrrpBefore;
    const others = [{ unit: 'ae0.5', group: '192.0.2.2/24 vrrp-group 7', state: 'MASTER' }];
    const vrrp = { masterMs: 1, limitMs: 2, holdMs: 3, others: { [one]: others } };
    await store.permitCommit(fence, routers, [first, second], SINCE, { vrrp });
    assert.deepEqual([await beforeOn(one), await beforeOn(other)], [{ holdMs: 3, others }, { holdMs: 3 }]);
    const written = await revision();
    await store.permitCommit(fence, routers, [first], SINCE, { vrrp });
    await store.permitCommit(fence, routers, [first], SINCE);
    assert.equal(await revision(), written);
    await store.permitCommit(fence, [other], [first], SINCE, { vrrp: { masterMs: 1, limitMs: 2 } });
    await store.markSettled(fence, { finished: { [one]: [first] } });
    assert.deepEqual([await beforeOn(one), await beforeOn(other)], [{ holdMs: 3, others }, undefined]);
    await store.markSettled(fence, { finished: { [one]: [second] } });
    assert.equal(await beforeOn(one), undefined);
  });

  it('tells members apart by version and run', async () => {
    const { store, routers, request, reservation } = await reserved();
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const [member] = newMembers(1);
    assert.ok(member);
    const again = { ...member, run: fresh('run') };
    const next = { ...member, gateway: { ...member.gateway, version: 2 } };
    await store.permitCommit(fence, routers, [member, again, next], SINCE);
    await store.markSettled(fence, { finished: { [routers[0]]: [again] } });
    assert.deepEqual((await reservation(routers[0])).members, [member, next]);
  });

  it('is not read for a router that isn’t the reservation’s', async () => {
    const { store, request } = await reserved();
    const fence = { ...request, token: 0 };
    await assert.rejects(async () => store.permitCommit(fence, ['elsewhere'], [], SINCE), TypeError);
    await assert.rejects(
      async () => store.markSettled(fence, { finished: { ['elsewhere']: [] } }),
      TypeError,
    );
    await assert.rejects(async () => store.addOwedChanges(fence, 'elsewhere', []), TypeError);
  });
});
