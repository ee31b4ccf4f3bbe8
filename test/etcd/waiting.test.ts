import assert from 'node:assert/strict';
import { EtcdClient } from '../../etcd/client.ts';
import { KEYS } from '../../etcd/keys.ts';
import { forgetEarlierWait, forgetWaiter, waitersFor, waitingRecord, whoWait } from '../../etcd/waiting.ts';
import type { Waiter } from '../../etcd/waiting.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { newGateway, useEtcd } from './fixture.ts';

describe('those that wait for a gateway', () => {
  const etcd = useEtcd();
  let client: EtcdClient;
  before(() => (client = new EtcdClient({ endpoints: [etcd().endpoint] })));
  after(() => client.close());

  const wait = async (awaited: GatewayRef, resourceId: string) => {
    const waiter = { resourceType: 'static_route', resourceId };
    const value = waitingRecord(waiter, { run: 'run-1', jobs: [] });
    const put = [{ key: KEYS.waiting(awaited, waiter), value }];
    assert.equal((await client.write('wait', { unchanged: [], put })).kind, 'applied');
  };
  const idsFor = async (awaited: GatewayRef) =>
    (await waitersFor(client, awaited)).map(({ gateway }) => gateway.resourceId);

  it('come in the order in which they began to wait, whatever their names are', async () => {
    const awaited = newGateway();
    for (const id of ['c', 'a', 'd', 'b']) await wait(awaited, id);
    assert.deepEqual(await idsFor(awaited), ['c', 'a', 'd', 'b']);
  });

  it('come in that order across the pages that are read, too', async () => {
    const awaited = newGateway();
    const names = Array.from({ length: 450 }, (_, number) => String((number * 241) % 450));
    for (const name of names) await wait(awaited, name);
    assert.deepEqual(await idsFor(awaited), names);
  });

  it('are forgotten with their jobs if an earlier run of theirs has waited, and only then', async () => {
    const awaited = newGateway();
    const waiter = { resourceType: 'static_route', resourceId: 'a' };
    const value = waitingRecord(waiter, { run: 'run-1', jobs: ['left', 'taken over'] });
    const jobs = ['left', 'taken over'].map(KEYS.job);
    const put = [KEYS.waiting(awaited, waiter), ...jobs].map((key) => ({ key, value }));
    await client.write('wait', { unchanged: [], put });
    const left = async () =>
      (await client.read('look', jobs)).filter((entry) => entry.value !== undefined).map(({ key }) => key);
    await forgetEarlierWait(client, waiter, { awaited, run: 'run-1', jobs: [] });
    assert.deepEqual([await idsFor(awaited), await left()], [['a'], jobs]);
    for (let again = 0; again < 2; again++) {
      await forgetEarlierWait(client, waiter, { awaited, run: 'run-2', jobs: ['taken over'] });
      assert.deepEqual([await idsFor(awaited), await left()], [[], jobs.slice(1)]);
    }
  });

  it('wait as they did until their key is gone, or written anew', async () => {
    const awaited = newGateway();
    for (const id of ['a', 'b', 'c']) await wait(awaited, id);
    const waiters = await waitersFor(client, awaited);
    const [, gone] = waiters as [Waiter, Waiter, Waiter];
    await forgetWaiter(client, gone);
    await wait(awaited, 'c');
    const still = await whoWait(client, waiters);
    assert.deepEqual(
      still.map(({ gateway }) => gateway.resourceId),
      ['a'],
    );
    assert.deepEqual(await whoWait(client, []), []);
  });
});
