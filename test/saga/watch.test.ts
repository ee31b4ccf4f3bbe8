import assert from 'node:assert/strict';
import { Worker } from '@temporalio/worker';
import { KEYS } from '../../etcd/keys.ts';
import { JOB_MANAGER } from '../../etcd/watch-store.ts';
import { CONFIG_WATCH_ID, DEFAULT_WATCH_POLICY } from '../../gateway/config-watch.ts';
import { APPLY_GATEWAY } from '../../gateway/messages.ts';
import { startWorker } from '../../local/worker-process.ts';
import { workflowBundle } from '../../local/workflow-bundle.ts';
import { installQuietRuntime } from '../world/quiet-runtime.ts';
import { openWatchSite } from './watch-scene.ts';
import type { WatchSite } from './watch-scene.ts';

describe('a worker that watches /config', function () {
  this.timeout(60_000);
  let site: WatchSite;
  before(async () => {
    site = await openWatchSite(2);
    await startWorker(site.stack, {
      watch: true,
      policy: { watch: { ...DEFAULT_WATCH_POLICY, relistSeconds: 1 } },
    });
  });
  after(() => site.close());

  const has = (pair: number, text: string) =>
    site.pair(pair).map(({ device }) => device.running().includes(text));

  it('creates, updates and deletes a gateway by plain writes, each version once', async () => {
    const gateway = await site.write('vpn_gateway', 0);
    const vrf = String(gateway.gateway.body['vrf_name']);
    assert.deepEqual(await site.untilWord(gateway, 1), [{ version: 1, word: 'CREATE_COMPLETED' }]);
    assert.deepEqual(has(0, vrf), [true, true]);

    await site.next(gateway, (one) => {
      one.neighbour('qos_option').body['incoming_policer_name'] = '10M-GA-UP-INET';
    });
    await site.untilWord(gateway, 2);
    assert.deepEqual(has(0, 'FILTER_10M-GA-UP-INET'), [true, true]);

    // As the first page shows it.
    const tombstone = '{"version":3,"marked_for_deletion":true,"body":{}}';
    await site.put(KEYS.gatewayConfig(gateway), tombstone);
    assert.deepEqual(await site.untilWord(gateway, 3), [
      { version: 1, word: 'CREATE_COMPLETED' },
      { version: 2, word: 'CREATE_COMPLETED' },
      { version: 3, word: 'DELETE_COMPLETED' },
    ]);
    assert.deepEqual(has(0, vrf), [false, false]);
    await site.untilStatus(({ report }) => report?.differing === 0 && report.asked === 3);
    assert.equal(await site.runs(gateway), 3);
  });

  it('says READ_COMPLETE of what a gateway refers to, and of nothing that has a kind', async () => {
    const gateway = await site.write('vpn_gateway', 0);
    await site.untilWord(gateway, 1);
    const service = gateway.neighbour('vpn_service');
    const ref = { resourceType: service.type, resourceId: service.body.id };
    assert.deepEqual(await site.untilWord(ref, service.version), [
      { version: service.version, word: 'READ_COMPLETE' },
    ]);
    service.version += 1;
    await site.next(gateway);
    assert.equal((await site.untilWord(ref, service.version)).at(-1)?.word, 'READ_COMPLETE');
    assert.ok((await site.words(gateway)).every(({ word }) => word === 'CREATE_COMPLETED'));
    const asked = new Set<string>();
    for await (const { type, workflowId } of site.temporal.workflow.list())
      if (type === APPLY_GATEWAY) asked.add(workflowId.replace(/:.*/, ''));
    assert.deepEqual([...asked], ['vpn_gateway']);
  });

  it('does not try a version again that has failed, and takes the next one', async () => {
    let vlan: unknown;
    const gateway = await site.write('vpn_gateway', 0, ({ gateway: { body } }) => {
      vlan = body['downlink_vlan_id'];
      body['downlink_vlan_id'] = '5000';
    });
    assert.deepEqual(await site.untilWord(gateway, 1), [{ version: 1, word: 'CREATE_FAILED' }]);
    await site.listedTwice();
    assert.equal(await site.runs(gateway), 1);
    await site.next(gateway, (one) => (one.gateway.body['downlink_vlan_id'] = vlan));
    await site.untilWord(gateway, 2);
    assert.deepEqual(await site.words(gateway), [
      { version: 1, word: 'CREATE_FAILED' },
      { version: 2, word: 'CREATE_COMPLETED' },
    ]);
  });

  it('says once that a value can not be read, and goes on with the others', async () => {
    const bad = { resourceType: 'vpn_gateway', resourceId: 'no-record' };
    await site.put(KEYS.gatewayConfig(bad), 'no JSON');
    const gateway = await site.write('internet_gateway', 1);
    assert.deepEqual(await site.untilWord(gateway, 1), [{ version: 1, word: 'CREATE_COMPLETED' }]);
    const told = await site.untilStatus(({ report }) => report?.unreadable.count === 1);
    assert.match(told.report?.unreadable.first[0] ?? '', /no-record: the record is not valid JSON/);
    await site.listedTwice();
    const later = await site.status();
    assert.equal(later.book.filter((line) => line.includes('no-record')).length, 1, later.book.join('\n'));
    await site.remove(KEYS.gatewayConfig(bad));
    await site.untilStatus(({ report }) => report?.unreadable.count === 0);
  });

  it("does nothing while the reference system's job manager is alive, and makes up for it", async () => {
    await site.put(JOB_MANAGER, 'manager-1');
    await site.untilStatus(({ report }) => /job manager is alive .*manager-1/.test(report?.waits ?? ''));
    const gateway = await site.write('vpn_gateway', 1);
    await site.untilStatus(({ report }) => report?.differing === 1);
    await site.listedTwice();
    assert.deepEqual(await site.words(gateway), []);
    const service = gateway.neighbour('vpn_service');
    assert.deepEqual(await site.words({ resourceType: 'vpn_service', resourceId: service.body.id }), []);
    assert.equal(await site.runs(gateway), 0);
    await site.remove(JOB_MANAGER);
    assert.deepEqual(await site.untilWord(gateway, 1), [{ version: 1, word: 'CREATE_COMPLETED' }]);
  });

  it('has a history that replays', async () => {
    installQuietRuntime();
    const { workflow } = site.temporal;
    const history = await workflow.getHandle(CONFIG_WATCH_ID).fetchHistory();
    const options = { workflowBundle: { codePath: await workflowBundle() } };
    await Worker.runReplayHistory(options, history, CONFIG_WATCH_ID);
  });
});
