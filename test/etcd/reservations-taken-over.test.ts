import assert from 'node:assert/strict';
import type { ReservedOutcome } from '../../etcd/pair-store.ts';
import { useEtcd } from './fixture.ts';
import { SINCE, fresh, newMembers, newRouters, requestOf, reservationIds } from './reservation-fixture.ts';

describe('the reservation that a pair’s workflow left behind (T8)', () => {
  const etcd = useEtcd();

  /** A reservation with a token, a session and three members, two of them on both routers. */
  async function left() {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    await store.issueToken(request, { [routers[0]]: '11', [routers[1]]: '21' });
    const [one, two, three] = newMembers(3) as [never, never, never];
    const fence = { ...request, token: 1 };
    await store.permitCommit(fence, routers, [one, two], '2026-01-02T03:05:00.000Z');
    await store.permitCommit(fence, [routers[1]], [three], '2026-01-02T03:06:00.000Z');
    return { store, routers, request, fence, members: [one, two, three] };
  }

  it('is taken over by the same pair, with all that must be known to clean up', async () => {
    const { store, routers, request, members } = await left();
    const heir = { ...requestOf(routers), since: '2026-01-02T04:00:00.000Z' };
    const outcome: ReservedOutcome = await store.reserve(heir);
    assert.equal(outcome.kind, 'reserved');
    assert.deepEqual(outcome.leftover, members);
    const [one, other] = outcome.records;
    assert.deepEqual(one.reservation, {
      id: heir.reservation,
      pair: request.pair,
      since: heir.since,
      token: 1,
      sessions: ['11'],
      members: members.slice(0, 2),
      committedAt: '2026-01-02T03:05:00.000Z',
      earlier: [request.reservation],
    });
    assert.deepEqual(other.reservation?.sessions, ['21']);
    assert.deepEqual(await store.reserve(heir), outcome);
  });

  it('names all reservations before it when it is taken over again', async () => {
    const { store, routers, request } = await left();
    const heir = requestOf(routers);
    await store.reserve(heir);
    const outcome = await store.reserve(requestOf(routers));
    assert.equal(outcome.kind, 'reserved');
    assert.deepEqual(outcome.records[0].reservation?.earlier, [request.reservation, heir.reservation]);
  });

  it('voids its tokens', async () => {
    const { store, routers, fence } = await left();
    const heir = requestOf(routers);
    await store.reserve(heir);
    const members = newMembers(1);
    assert.equal(await store.permitCommit(fence, routers, members, SINCE), false);
    assert.equal(await store.markSettled(fence, { finished: { [routers[0]]: members } }), false);
    assert.deepEqual(await store.issueToken(fence, {}), { kind: 'void' });
    await store.endReservation(fence);
    assert.deepEqual(await reservationIds(store, routers), [heir.reservation, heir.reservation]);
    const begun = await store.issueToken(heir, {});
    assert.equal(begun.kind === 'issued' && begun.fence.token, 2);
  });

  it('makes every other pair wait', async () => {
    const { store, routers, request } = await left();
    const outcome = await store.reserve(requestOf([routers[1], fresh('router')]));
    assert.equal(outcome.kind, 'busy');
    assert.equal(outcome.reservation.id, request.reservation);
  });

  it('is taken over even if one router’s record was lost', async () => {
    const { store, routers, members } = await left();
    await etcd().raw.delete().key(`/gateway-saga/routers/${routers[0]}`);
    const outcome = await store.reserve(requestOf(routers));
    assert.equal(outcome.kind, 'reserved');
    assert.deepEqual(
      outcome.records.map(({ reservation }) => [reservation?.token, reservation?.members.length]),
      [
        [1, 3],
        [1, 3],
      ],
    );
    assert.deepEqual(outcome.leftover, members);
  });
});
