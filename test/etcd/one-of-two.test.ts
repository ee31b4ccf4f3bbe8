/** What only one of the two routers' records says, because another pair shares a router, or because a person has deleted a record. */
import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import type { ActivityCall, Reservation } from '../../pair/router-record.ts';
import { useEtcd } from './fixture.ts';
import { fresh, newMembers, newRouters, requestOf, SINCE } from './reservation-fixture.ts';

interface Stored {
  readonly reservation?: Partial<Reservation> | null;
  readonly maintenance?: { readonly reason: string; readonly since: string };
  readonly past?: Readonly<Record<string, number>>;
}

describe('of two routers', () => {
  const etcd = useEtcd();
  const HOLD = { reason: 'a new line card', since: SINCE };
  const CALL: ActivityCall = { scheduled: 5, attempt: 1 };

  const put = async (router: string, stored: Stored) => {
    await etcd().raw.put(KEYS.router(router)).value(JSON.stringify(stored));
  };
  const stored = async (router: string) =>
    JSON.parse((await etcd().raw.get(KEYS.router(router)).string()) ?? '{}') as Stored;
  const revision = async () => (await etcd().raw.get('/').exec()).header.revision;
  const idOn = async (router: string) => (await etcd().store.router(router)).reservation?.id;

  function scene() {
    const routers = newRouters();
    const request = requestOf(routers);
    const { reservation: id, pair } = request;
    const reservation: Reservation = {
      id,
      pair,
      since: SINCE,
      token: 3,
      sessions: [],
      members: [],
      committedAt: null,
    };
    const foreign: Reservation = { ...reservation, id: fresh('foreign'), pair: 'router_pair:others' };
    return { store: etcd().store, routers, request, reservation, foreign };
  }

  it('one that names the reservation is not enough: it is written on both, and what it took over stays', async () => {
    for (const earlier of [undefined, ['before']]) {
      const { store, routers, request, reservation } = scene();
      await put(routers[0], { reservation: { ...reservation, ...(earlier && { earlier }) } });
      assert.equal((await store.reserve(request)).kind, 'reserved');
      assert.deepEqual(await Promise.all(routers.map(idOn)), [request.reservation, request.reservation]);
      assert.deepEqual((await stored(routers[0])).reservation?.earlier, earlier ?? []);
      const tokens = await Promise.all(
        routers.map(async (id) => (await store.router(id)).reservation?.token),
      );
      assert.deepEqual(tokens, [3, 3]);
    }
  });

  it('one whose reservation was deleted by hand gets it back from the other, but for the sessions', async () => {
    for (const kept of [0, 1]) {
      const { store, routers, request, reservation } = scene();
      const left = {
        ...reservation,
        id: fresh('left'),
        sessions: ['4711'],
        members: newMembers(1),
        committedAt: SINCE,
      };
      await put(routers[kept] ?? '', { reservation: left });
      assert.equal((await store.reserve(request)).kind, 'reserved');
      const { members, committedAt } = left;
      const taken = { ...reservation, members, committedAt, earlier: [left.id] };
      assert.deepEqual((await stored(routers[kept] ?? '')).reservation, { ...taken, sessions: ['4711'] });
      assert.deepEqual((await stored(routers[1 - kept] ?? '')).reservation, taken);
    }
  });

  it('one on which the call is over is enough: the call is late', async () => {
    const { store, routers, request } = scene();
    await put(routers[1], { past: { [request.pair]: CALL.scheduled } });
    assert.deepEqual(await store.reserve({ ...request, call: CALL }), { kind: 'past' });
    assert.equal(await idOn(routers[0]), undefined);
    assert.equal((await store.reserve({ ...request, call: { ...CALL, scheduled: 6 } })).kind, 'reserved');
  });

  it('one that was left behind with members is taken over, even if the other is held for maintenance', async () => {
    const { store, routers, request, reservation } = scene();
    const members = newMembers(1);
    await put(routers[0], { reservation: { ...reservation, id: fresh('left'), members } });
    await put(routers[1], { maintenance: HOLD });
    assert.equal((await store.reserve(request)).kind, 'reserved');
    assert.equal(await idOn(routers[1]), request.reservation);
  });

  it('one that was left behind without members is ended if the other is held for maintenance', async () => {
    const { store, routers, request, reservation } = scene();
    await put(routers[0], { reservation: { ...reservation, id: fresh('left') }, past: { x: 1 } });
    await put(routers[1], { maintenance: HOLD });
    const refusal = { kind: 'maintenance', routerId: routers[1], maintenance: HOLD, nothingLeft: true };
    assert.deepEqual(await store.reserve(request), refusal);
    assert.deepEqual(await stored(routers[0]), { reservation: null, maintenance: null, past: { x: 1 } });
    const before = await revision();
    assert.deepEqual(await store.reserve(request), refusal);
    assert.equal(await revision(), before);
  });

  it('one that another pair has stays with it if the other is held for maintenance, members or not', async () => {
    for (const members of [[], newMembers(1)]) {
      const { store, routers, request, foreign } = scene();
      await put(routers[0], { reservation: { ...foreign, members } });
      await put(routers[1], { maintenance: HOLD });
      assert.equal((await store.reserve(request)).kind, 'maintenance');
      assert.equal(await idOn(routers[0]), foreign.id);
    }
  });

  it('tells with the refusal whether the pair itself has left members, even where another pair has the other one', async () => {
    for (const members of [[], newMembers(1)])
      for (const hold of [{}, { maintenance: HOLD }]) {
        const { store, routers, request, reservation, foreign } = scene();
        await put(routers[0], { reservation: { ...reservation, id: fresh('left'), members }, ...hold });
        await put(routers[1], { reservation: { ...foreign, members: newMembers(1) } });
        const refusal = await store.reserve(request);
        assert(refusal.kind === 'busy' || refusal.kind === 'maintenance');
        assert.equal(refusal.kind, 'maintenance' in hold ? 'maintenance' : 'busy');
        assert.equal(refusal.nothingLeft, members.length === 0 ? true : undefined);
      }
  });

  it('one that still has a member keeps the reservation, where only an empty one would end', async () => {
    const { store, routers, request, reservation } = scene();
    await put(routers[0], { reservation });
    await put(routers[1], { reservation: { ...reservation, members: newMembers(1) } });
    assert.equal(await store.endReservation(request, { ifEmpty: true }), false);
    assert.equal(await idOn(routers[0]), request.reservation);
    assert.equal(await store.endReservation(request), true);
    assert.deepEqual(await Promise.all(routers.map(idOn)), [undefined, undefined]);
  });

  it('one that has the reservation loses it; the other one, of another pair, does not', async () => {
    const { store, routers, request, reservation, foreign } = scene();
    await put(routers[0], { reservation });
    await put(routers[1], { reservation: { ...foreign, members: newMembers(1) } });
    assert.equal(await store.endReservation(request, { ifEmpty: true }), true);
    assert.deepEqual(await Promise.all(routers.map(idOn)), [undefined, foreign.id]);
  });

  it('one that is free is written only if both are: a late call has nothing to stop where another pair is', async () => {
    const { store, routers, request, foreign } = scene();
    await put(routers[1], { reservation: foreign });
    const before = await revision();
    assert.equal(await store.endReservation(request), true);
    assert.equal(await revision(), before);
  });

  it('the higher token counts, and the later call', async () => {
    const { store, routers, request, reservation } = scene();
    await put(routers[0], { reservation: { ...reservation, token: 3 } });
    await put(routers[1], { reservation: { ...reservation, token: 8, call: CALL } });
    const early = await store.issueToken(request, {}, { ...CALL, scheduled: 4 });
    assert.equal(early.kind, 'overtaken');
    const issued = await store.issueToken(request, {}, CALL);
    assert.ok(issued.kind === 'issued');
    assert.equal(issued.fence.token, 9);
    assert.equal((await store.issueToken(request, {})).kind, 'issued');
  });

  it('one whose reservation is gone voids the token', async () => {
    const { store, routers, request, reservation } = scene();
    await put(routers[0], { reservation });
    assert.deepEqual(await store.issueToken(request, {}), { kind: 'void' });
    assert.equal(await store.permitCommit({ ...request, token: 3 }, routers, newMembers(1), SINCE), false);
  });

  it('none is written to where a permission changes nothing', async () => {
    const { store, routers, request } = scene();
    await store.reserve(request);
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const members = newMembers(2);
    assert.equal(await store.permitCommit(fence, routers, members, SINCE), true);
    const before = await revision();
    assert.equal(await store.permitCommit(fence, routers, members, SINCE), true);
    assert.equal(await store.permitCommit(fence, [], newMembers(1), SINCE), true);
    assert.equal(await revision(), before);
  });
});
