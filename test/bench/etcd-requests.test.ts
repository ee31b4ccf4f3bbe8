import assert from 'node:assert/strict';
import { EtcdRequests, sequential } from '../../bench/etcd-requests.ts';
import { EtcdClient } from '../../etcd/client.ts';
import { sharedEtcd } from '../world/etcd.ts';

describe('the number of requests in sequence', () => {
  it('is the length of the longest chain in which each starts after the end of the one before', () => {
    const at = (started: number, ended: number) => ({ started, ended });
    assert.equal(sequential([]), 0);
    assert.equal(sequential([at(0, 1), at(2, 3), at(4, 5)]), 3);
    assert.equal(sequential([at(0, 2), at(1, 3), at(0, 2)]), 1);
    assert.equal(
      sequential([at(0, 9), at(1, 2), at(3, 4), at(5, 6)]),
      3,
      'one long request beside three short ones',
    );
    assert.equal(sequential([at(4, 5), at(0, 1), at(2, 3)]), 3, 'in whatever order they are listed');
  });
});

describe('requests to etcd through the proxy that counts them', () => {
  let requests: EtcdRequests;
  let client: EtcdClient;
  before(async function () {
    this.timeout(60_000);
    requests = await EtcdRequests.open((await sharedEtcd()).endpoint);
    client = new EtcdClient({ endpoints: [requests.endpoint], deadlineMs: 2_000 });
  });
  after(async () => {
    client.close();
    await requests.close();
  });
  beforeEach(() => void requests.take());

  it('get the answers that etcd itself would give', async () => {
    const key = '/counted/one';
    const [absent] = await client.read('read', [key] as const);
    const put = [{ key, value: 'a value' }];
    const written = await client.write('write', { unchanged: [absent], put });
    assert.deepEqual(await client.write('write', { unchanged: [absent], put }), { kind: 'refused' });
    const [found] = await client.read('read', [key] as const);
    assert.equal(found.value?.toString(), '"a value"');
    assert.deepEqual(written, { kind: 'applied', revision: found.modRevision });
    await assert.rejects(client.read('read', [key], '1000000000'), /required revision is a future revision/);
  });

  it('are listed with their methods', async () => {
    await client.read('read', ['/counted/two']);
    await client.readPrefix('read', '/counted/');
    assert.deepEqual(
      requests.take().map(({ method }) => method),
      ['/etcdserverpb.KV/Txn', '/etcdserverpb.KV/Range'],
    );
    assert.deepEqual(requests.take(), [], 'only requests since the last call');
  });

  it('are in sequence when each waits for the one before, and not when all are made at once', async () => {
    const read = () => client.read('read', ['/counted/three']);
    for (let made = 0; made < 5; made += 1) await read();
    assert.equal(sequential(requests.take()), 5);
    await Promise.all(Array.from({ length: 5 }, read));
    const atOnce = requests.take();
    assert.equal(atOnce.length, 5);
    assert.ok(sequential(atOnce) < 5);
  });
});
