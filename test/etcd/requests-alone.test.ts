/** How many requests in sequence a gateway without parents and children takes: it does not pay for what waits for what. */
import assert from 'node:assert/strict';
import { EtcdRequests, sequential } from '../../bench/etcd-requests.ts';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import { FamilyScene } from './family-scene.ts';
import type { Member } from './family-scene.ts';
import { useEtcd } from './fixture.ts';
import { created, keep } from './publication.ts';

describe('the requests of a gateway alone', () => {
  const etcd = useEtcd();
  const scene = new FamilyScene(etcd);
  let requests: EtcdRequests;
  let store: Store;
  before(async () => {
    requests = await EtcdRequests.open(etcd().endpoint);
    store = openStore({ endpoints: [requests.endpoint] });
    await store.ping();
  });
  after(async () => {
    store.close();
    await requests.close();
  });

  const counted = async (call: () => Promise<unknown>): Promise<number> => {
    requests.take();
    await call();
    return sequential(requests.take());
  };
  const publishing = async (member: Member) => {
    const { gateway } = member;
    await scene.store.permitApply(gateway, 'run-1');
    await keep(etcd(), gateway);
    const jobs = (await scene.store.planRecord(gateway))?.jobs ?? [];
    return () => store.publish({ ...created(gateway), jobs });
  };

  it('are a look and a write to register, and a look and a write to publish', async () => {
    const member = scene.parent();
    const request = await scene.asked(member);
    assert.equal(await counted(() => store.register(request)), 2);
    assert.equal(await counted(await publishing(member)), 2);
  });

  it('are no more for a child of a parent that stands', async () => {
    const child = scene.child(await scene.standing(scene.parent()));
    const request = await scene.asked(child);
    assert.equal(await counted(() => store.register(request)), 2);
    assert.equal(await counted(await publishing(child)), 2);
  });

  it('are no more for an update of a parent whose children stand still', async () => {
    const parent = await scene.standing(scene.parent());
    await scene.standing(scene.child(parent));
    const request = await scene.asked(parent, 2);
    // One of the three requests reads what an older version of the gateway has written. This update does not need that.
    assert.equal(await counted(() => store.register(request)), 3);
  });
});
