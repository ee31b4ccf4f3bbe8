/** An attempt remembers both routers' records, to save a read. What it remembers may be wrong by now: only etcd can tell whether the attempt's token counts. */
import assert from 'node:assert/strict';
import type { Fence } from '../../etcd/pair-store.ts';
import { useEtcd } from './fixture.ts';
import { SINCE, newMembers, newRouters, requestOf } from './reservation-fixture.ts';

describe('what an attempt remembers of its routers', () => {
  const etcd = useEtcd();

  async function reserved() {
    const { store, raw } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    const begin = async (pair?: Awaited<ReturnType<typeof store.readPair>>): Promise<Fence> => {
      const begun = await store.issueToken(request, {}, undefined, pair);
      assert.ok(begun.kind === 'issued', begun.kind);
      return begun.fence;
    };
    const revision = async () => (await raw.get('/').exec()).header.revision;
    return { store, routers, request, begin, revision };
  }

  it('is no proof that its token still counts, where nothing is to be written (T3)', async () => {
    const { store, routers, begin, revision } = await reserved();
    const fence = await begin();
    const [here, stranger] = newMembers(2) as [never, never];
    assert.equal(await store.permitCommit(fence, routers, [here], SINCE), true);
    await begin();
    const before = await revision();
    assert.equal(await store.permitCommit(fence, routers, [here], SINCE), false);
    assert.equal(await store.markSettled(fence, { finished: { [routers[0]]: [stranger] } }), false);
    assert.equal(await revision(), before);
  });

  it('is no proof that its token still counts, where something is to be written (T3)', async () => {
    const { store, routers, begin, revision } = await reserved();
    const fence = await begin();
    await begin();
    const before = await revision();
    assert.equal(await store.permitCommit(fence, routers, newMembers(1), SINCE), false);
    assert.equal(await revision(), before);
  });

  it('is read again when somebody else has written a router since', async () => {
    const { store, routers, begin } = await reserved();
    const fence = await begin();
    const members = newMembers(1);
    await store.beginMaintenance(routers[0], { reason: 'line card', since: SINCE });
    assert.equal(await store.permitCommit(fence, routers, members, SINCE), true);
    const { reservation, maintenance } = await store.router(routers[0]);
    assert.deepEqual([reservation?.members, maintenance?.reason], [members, 'line card']);
  });

  it('before it has a token is read again when another attempt has taken one since', async () => {
    const { store, routers, begin } = await reserved();
    const pair = await store.readPair(routers);
    assert.equal((await begin()).token, 1);
    assert.equal((await begin(pair)).token, 2);
  });

  it('before it has a token is no proof that there is no reservation', async () => {
    const { store, begin, routers, request } = await reserved();
    await store.endReservation(request);
    const pair = await store.readPair(routers);
    await store.reserve(request);
    assert.equal((await begin(pair)).token, 1);
  });
});
