/** The pair's requests to etcd, with the connection cut around their writes. */
import assert from 'node:assert/strict';
import { StoreUnavailableError } from '../../etcd/errors.ts';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import { newGateway, useEtcd } from './fixture.ts';
import { Proxy } from '../../local/proxy.ts';
import { owedChangeFor, newMembers, newRouters, requestOf } from './reservation-fixture.ts';
import { OPERATIONS, reserve, issue, permit, owe } from './reservation-operations.ts';
import type { Operation, Scene } from './reservation-operations.ts';

describe('when the connection to etcd is cut around a reservation’s write,', () => {
  const etcd = useEtcd();
  let proxy: Proxy;
  let store: Store;

  beforeEach(async () => {
    proxy = await Proxy.open(etcd().endpoint);
    store = openStore({ endpoints: [proxy.endpoint], deadlineMs: 3_000 });
  });
  afterEach(async () => {
    store.close();
    await proxy.close();
  });

  const revision = async () => Number((await etcd().raw.get('/').exec()).header.revision);

  async function sceneFor({ before }: Pick<Operation, 'before'>): Promise<Scene> {
    const routers = newRouters();
    const request = requestOf(routers);
    const fence = { ...request, token: 1 };
    const gateway = newGateway();
    const scene = {
      store,
      routers,
      request,
      fence,
      members: newMembers(2),
      owedChange: owedChangeFor(gateway),
    };
    for (const step of before) await step(scene);
    return scene;
  }

  for (const operation of OPERATIONS) {
    describe(operation.name, () => {
      it('finds out that its write was applied though the answer was lost', async () => {
        const scene = await sceneFor(operation);
        const before = await revision();
        const applied = async () => {
          while ((await revision()) === before) await etcd().store.ping();
        };
        proxy.arm(operation.marker(scene), { kind: 'reply', applied });
        operation.expected(scene, await operation.call(scene));
        assert.equal(proxy.cuts, 1);
        assert.equal(await revision(), before + (operation.writes ?? 1));
      });

      it('writes anew when the request was lost', async () => {
        const scene = await sceneFor(operation);
        const before = await revision();
        proxy.arm(operation.marker(scene), { kind: 'request' });
        operation.expected(scene, await operation.call(scene));
        assert.equal(proxy.cuts, 1);
        assert.equal(await revision(), before + 1);
      });

      it('changes nothing when the lost request arrives after all', async () => {
        const scene = await sceneFor(operation);
        proxy.arm(operation.marker(scene), { kind: 'held' });
        operation.expected(scene, await operation.call(scene));
        assert.equal(proxy.cuts, 1);
        await assertLateChangesNothing();
      });
    });
  }

  async function assertLateChangesNothing(): Promise<void> {
    const before = await revision();
    proxy.release();
    // The late request is on another connection: these calls give etcd time to carry it out before the look.
    for (let look = 0; look < 20; look += 1) await etcd().store.ping();
    assert.equal(await revision(), before);
  }

  /** Sends the request, holds its write back and cuts the connection: the outcome is unknown. */
  async function giveUp(scene: Scene, operation: Pick<Operation, 'marker' | 'call'>): Promise<Scene> {
    const other = openStore({ endpoints: [proxy.endpoint], deadlineMs: 3_000 });
    await other.ping();
    proxy.arm(operation.marker(scene), { kind: 'held' });
    proxy.closed = true;
    await assert.rejects(operation.call({ ...scene, store: other }), StoreUnavailableError);
    other.close();
    assert.equal(proxy.cuts, 1);
    return { ...scene, store: etcd().store };
  }

  it('a reserving that was given up comes to nothing after the reservation has ended', async () => {
    const operation = { marker: ({ request }: Scene) => request.reservation, call: reserve };
    const scene = await giveUp(await sceneFor({ before: [] }), operation);
    await scene.store.endReservation(scene.request);
    await assertLateChangesNothing();
    assert.equal((await scene.store.router(scene.routers[0])).reservation, null);
  });

  it('a reserving that was given up comes to nothing on routers that others had meanwhile', async () => {
    const operation = { marker: ({ request }: Scene) => request.reservation, call: reserve };
    const scene = await giveUp(await sceneFor({ before: [] }), operation);
    const other = { ...requestOf(scene.routers), pair: 'router_pair:other' };
    assert.equal((await scene.store.reserve(other)).kind, 'reserved');
    await scene.store.endReservation(other);
    await assertLateChangesNothing();
  });

  it('a permission that was given up counts for nothing once the token is void', async () => {
    const operation = { marker: ({ members }: Scene) => `${members[0]?.run}`, call: permit };
    const scene = await giveUp(await sceneFor({ before: [reserve, issue] }), operation);
    await issue(scene);
    await assertLateChangesNothing();
    assert.deepEqual((await scene.store.router(scene.routers[0])).reservation?.members, []);
  });

  it('an owed change that was given up is not owed again after it was paid', async () => {
    const operation = { marker: () => 'the router was away', call: owe };
    const scene = await giveUp(await sceneFor({ before: [reserve, issue] }), operation);
    await owe(scene);
    await scene.store.payOwedChange(scene.fence, scene.routers[0], scene.owedChange);
    await assertLateChangesNothing();
    assert.deepEqual((await scene.store.router(scene.routers[0])).owedChanges, []);
  });

  it('a leftover reservation is taken over once, however often that is requested', async () => {
    const scene = await sceneFor({ before: [reserve, issue, permit] });
    const heir = { ...scene, request: requestOf(scene.routers) };
    const before = await revision();
    const applied = async () => {
      while ((await revision()) === before) await etcd().store.ping();
    };
    proxy.arm(`"id":"${heir.request.reservation}"`, { kind: 'reply', applied });
    const outcome = await reserve(heir);
    assert.equal(proxy.cuts, 1);
    assert.equal(await revision(), before + 1);
    assert.ok(outcome.kind === 'reserved');
    assert.deepEqual(outcome.leftover, scene.members);
    assert.deepEqual(outcome.records[0].reservation?.earlier, [scene.request.reservation]);
  });
});
