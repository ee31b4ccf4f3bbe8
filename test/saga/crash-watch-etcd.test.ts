/** etcd is compacted, restarted and restored from an older copy under a worker that watches. */
import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { Etcd3 } from 'etcd3';
import { KEYS } from '../../etcd/keys.ts';
import { JOB_MANAGER } from '../../etcd/watch-store.ts';
import { DEFAULT_WATCH_POLICY } from '../../gateway/config-watch.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { ChildProgram } from '../../local/child.ts';
import { startEtcd } from '../../local/etcd-process.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { Proxy } from '../../local/proxy.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { openWatchSite } from './watch-scene.ts';
import type { WatchSite } from './watch-scene.ts';

const PAIRS = 2;
/** It does not list by its timer while a test runs. */
const policy = { watch: { ...DEFAULT_WATCH_POLICY, relistSeconds: 3_600 } };

describe('the watch over /config, with an etcd', function () {
  this.timeout(60_000);
  let site: WatchSite;
  let proxy: Proxy;
  let raw: Etcd3;
  let etcd: ChildProgram;
  let endpoint: string;

  before(async () => {
    site = await openWatchSite(PAIRS);
    etcd = site.stack.etcd.child;
    endpoint = site.stack.etcd.endpoints[0] ?? '';
    proxy = await Proxy.open(endpoint);
    raw = new Etcd3({ hosts: endpoint });
    const environment = { ...site.stack.environment, ETCDCTL_ENDPOINTS: proxy.endpoint };
    await startWorker({ ...site.stack, environment }, { watch: true, policy });
    await site.untilStatus(({ report }) => report !== null);
  });
  after(async () => {
    raw.close();
    await proxy.close();
    await site.close();
  });

  const write = (count: number): Promise<TestGateway[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => site.write('vpn_gateway', index % PAIRS)));
  const revision = async () => (await raw.get('/').exec()).header.revision;
  const compact = async () => raw.kv.compact({ revision: await revision(), physical: true });
  const created = [{ version: 1, word: 'CREATE_COMPLETED' }];
  const assertCreated = async (gateways: readonly TestGateway[]) => {
    for (const gateway of gateways) assert.deepEqual(await site.untilWord(gateway, 1), created);
    await site.untilStatus(({ report }) => report?.differing === 0);
  };
  const stop = async () => {
    etcd.signal('SIGKILL');
    await etcd.exited;
  };
  const start = async () => {
    etcd = (await startEtcd(site.stack.run, Number(endpoint.split(':')[1]))).child;
  };

  it('that is compacted while it is watched, goes on', async () => {
    await assertCreated(await write(1));
    const { report: before } = await site.status();
    await compact();
    await assertCreated(await write(1));
    const { report } = await site.status();
    assert.equal(report?.listed, before?.listed, 'it has listed again');
  });

  it('that has compacted what was written while it was out of reach, asks for all of it', async () => {
    proxy.closed = true;
    proxy.drop();
    const gateways = await write(3);
    await compact();
    proxy.closed = false;
    for (const gateway of gateways) {
      await site.untilWord(gateway, 1);
      assert.equal(await site.runs(gateway), 1);
    }
  });

  it('that a network which swallows everything hides, says so, and asks for what was written meanwhile', async () => {
    proxy.freeze();
    const gateways = await write(2);
    await site.untilStatus(({ report }) => /etcd/.test(report?.waits ?? ''));
    for (const gateway of gateways) assert.equal(await site.runs(gateway), 0);
    proxy.unfreeze();
    await assertCreated(gateways);
    await site.untilStatus(({ report }) => report?.waits === null);
  });

  it('that is restarted, asks for what was under way and for what is written as soon as it is back', async () => {
    const first = await write(3);
    await site.untilStarted(first);
    await stop();
    await start();
    const second = await write(3);
    await assertCreated([...first, ...second]);
    for (const gateway of [...first, ...second]) assert.equal(await site.runs(gateway), 1);
  });

  it('that is restored from an older copy, of the same cluster, loses no gateway', async () => {
    const data = `${site.stack.run.folder}/etcd`;
    const [ended] = await write(1);
    assert.ok(ended);
    await assertCreated([ended]);
    // Nothing is asked for, so that the copy has a gateway that has not begun.
    await site.put(JOB_MANAGER, 'manager-1');
    await site.untilStatus(({ report }) => report?.waits?.includes('manager-1') === true);
    const waiting = await site.write('vpn_gateway', 0);
    const { header: copied } = await raw.get('/').exec();
    await stop();
    await cp(data, `${data}-copy`, { recursive: true });
    await start();
    await site.remove(JOB_MANAGER);
    const later = await site.write('vpn_gateway', 1);
    await assertCreated([waiting, later]);

    await stop();
    await rm(data, { recursive: true });
    await cp(`${data}-copy`, data, { recursive: true });
    await start();
    const { header } = await raw.get('/').exec();
    assert.equal(header.cluster_id, copied.cluster_id);
    assert.equal(header.revision, copied.revision);
    assert.deepEqual([await site.words(waiting), await site.words(later)], [[], []]);
    await site.untilStatus(({ report }) => report?.waits?.includes('manager-1') === true);
    await site.remove(JOB_MANAGER);
    assert.deepEqual(await site.untilWord(waiting, 1), created);
    assert.equal(await site.runs(waiting), 2, workflowIdOf(waiting));
    // Whoever wrote the other one writes it again.
    const records = [...later.neighbours, later.gateway].map(recordOf);
    await writeRecords([endpoint], records);
    assert.deepEqual(await site.untilWord(later, 1), created);
    // What has ended in the copy is not asked for again; what stood on the routers already was not committed again.
    assert.equal(await site.runs(ended), 1);
    for (const gateway of [ended, waiting, later]) await site.assertMadeOnce(gateway);
    const [value] = (await raw.get(KEYS.gatewayConfig(waiting)).exec()).kvs;
    assert.ok(Number(value?.mod_revision) <= Number(copied.revision));
    await site.untilStatus(({ report }) => report?.differing === 0 && report.waits === null);
  });
});
