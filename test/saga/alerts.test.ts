/** The alerts of `deploy/prometheus/`, in a real Prometheus that scrapes a real worker: a fault makes each fire, and its end clears it. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { openStore } from '../../etcd/store.ts';
import { CONFIG_WATCH_ID, WATCH_SWITCH_SIGNAL } from '../../gateway/config-watch.ts';
import type { ChildProgram } from '../../local/child.ts';
import { startEtcd } from '../../local/etcd-process.ts';
import { ROOT } from '../../local/folders.ts';
import { freePort } from '../../local/ports.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { alertNames, dashboardQueries, textOf } from '../deploy/files.ts';
import { administer, disarm } from '../world/etcd-cluster.ts';
import { promtool, startPrometheus } from '../world/prometheus.ts';
import type { Prometheus } from '../world/prometheus.ts';
import { openWatchSite } from './watch-scene.ts';
import type { WatchSite } from './watch-scene.ts';

/** Minutes and days become seconds. */
const SHORT: readonly (readonly [RegExp, string])[] = [
  [/for: \d+m/g, 'for: 1s'],
  [/> (900|300|86400)$/gm, '> 1'],
  [/\[30m\]/g, '[10s]'],
  [/\[1h\] offset 30m/g, '[10s] offset 10s'],
];
/**
 * What promtool alone has seen fire. A worker that does not poll shows itself only after 90 s: a poll stays open for a minute, so no shorter time would
 * tell it from an idle one. And its process has to go on: to serve its metrics, and to be answered by Temporal on the connection on which its polls get
 * lost. A stopped or frozen worker serves nothing, and one without Temporal is told by another alert.
 */
const ONLY_BY_PROMTOOL = ['GatewaySagaNoPollers'];
/** Queries of the dashboard that may have nothing to show: here no router refuses anything, and hardly a request is lost. */
const MAY_BE_EMPTY = /outcome!="done"/;

describe('the alerts', function () {
  this.timeout(60_000);
  const from = Date.now();
  let site: WatchSite;
  let metricsPort: number;
  let prometheus: Prometheus;
  let worker: ChildProgram;
  let standing: TestGateway;
  const seen = new Set<string>();
  before(async function () {
    if ((await promtool()) === undefined) this.skip();
    site = await openWatchSite(2);
    metricsPort = await freePort();
    let rules = await textOf('prometheus/alerts.yaml');
    for (const [long, short] of SHORT) {
      assert.match(rules, long);
      rules = rules.replaceAll(long, short);
    }
    prometheus = await startPrometheus(site.stack.run, [`127.0.0.1:${metricsPort}`], rules);
  });
  after(() => site?.close());

  const start = async (interceptors: readonly string[] = []) => {
    worker = await startWorker(site.stack, {
      watch: true,
      policy: { vrrpLimitMs: 5_000 },
      args: [`--metrics=127.0.0.1:${metricsPort}`],
      times: {
        program: `${ROOT}test/saga/alert-worker.ts`,
        module: `${ROOT}test/saga/watch-times.ts`,
      },
      interceptors: [`${ROOT}test/world/short-looks.ts`, ...interceptors],
    });
  };
  const kill = async () => {
    worker.signal('SIGKILL');
    await worker.exited;
  };
  const untilFiring = async (...alerts: readonly string[]) => {
    const names = alerts.map((alert) => `GatewaySaga${alert}`);
    await prometheus.untilFiring(...names);
    for (const name of names) seen.add(name);
  };
  const untilCleared = (...alerts: readonly string[]) =>
    prometheus.untilCleared(...alerts.map((alert) => `GatewaySaga${alert}`));
  const unitOf = ({ gateway }: TestGateway) => `ae0.${String(gateway.body['downlink_vlan_id'])}`;
  /** Keeps the gateway's VRRP down on both routers of a pair. */
  const down = (pair: number) => (gateway: TestGateway) => {
    for (const { device } of site.pair(pair)) device.holdVrrpDown(unitOf(gateway), true);
  };

  it('of workers fire without one, and clear when one begins', async () => {
    await untilFiring('NoWorkers', 'WorkerNotReady');
    await start();
    await untilCleared('NoWorkers', 'WorkerNotReady');
    assert.deepEqual(await prometheus.firing(), []);
  });

  it('of gateways that do not converge, and of those that wait for them, fire, and clear at one that does', async () => {
    const [{ device }] = site.pair(0);
    const first = await site.write('vpn_gateway', 0, down(0));
    while (!device.running().includes(String(first.gateway.body['vrf_name']))) await setTimeout(20);
    for (const pair of [0, 0]) await site.write('vpn_gateway', pair, down(pair));
    await untilFiring('OldWait');
    await untilFiring('NotConverging');
    standing = await site.write('vpn_gateway', 0);
    await site.untilWord(standing, 1);
    await untilCleared('OldWait', 'NotConverging');
  });

  it('of a hold and of the batch that it keeps fire, and clear when it is released', async () => {
    const [{ id }] = site.pair(1);
    const store = openStore({ endpoints: site.stack.etcd.endpoints });
    await store.beginMaintenance(id, { reason: 'new line card', since: new Date().toISOString() });
    const gateway = await site.write('vpn_gateway', 1);
    await untilFiring('OldHold', 'StuckBatch');
    await store.endMaintenance(id);
    store.close();
    await site.untilWord(gateway, 1);
    await untilCleared('OldHold', 'StuckBatch');
  });

  it('of servers and of the watch fire when etcd and Temporal are away, and when etcd is full, and clear when they are back', async () => {
    const { etcd, temporal, run } = site.stack;
    etcd.child.signal('SIGKILL');
    await etcd.child.exited;
    await untilFiring('EtcdAway', 'WatchBehind');
    temporal.child.signal('SIGSTOP');
    await untilFiring('TemporalAway');
    temporal.child.signal('SIGCONT');
    const port = Number(etcd.endpoints[0]?.split(':')[1]);
    const full = await startEtcd(run, port, { quotaBytes: 4_096 });
    await untilCleared('EtcdAway', 'TemporalAway');
    await assert.rejects(site.put('/elsewhere', 'more'), /did not take/);
    await untilFiring('EtcdAlarm');
    await full.child.stop();
    await startEtcd(run, port, { quotaBytes: 2 ** 31 });
    await administer(full.endpoint, 5_000, disarm);
    await untilCleared('EtcdAway', 'EtcdAlarm', 'WatchBehind');
  });

  it('of a stopped watch and of owed changes fire, and clear when it is started and the router is back', async () => {
    const watch = site.temporal.workflow.getHandle(CONFIG_WATCH_ID);
    await watch.signal(WATCH_SWITCH_SIGNAL, 'stop');
    await untilFiring('WatchStopped');
    const [, away] = site.pair(0);
    away.server.setReachable(false);
    await site.next(standing, ({ gateway }) => (gateway.markedForDeletion = true));
    const owe = { router: away.id, reason: 'burnt', by: 'alice@jump-host' };
    const { resourceType, resourceId } = standing;
    const run = await site.client.delete({ resourceType, resourceId, owe });
    assert.equal((await run.result()).kind, 'deleted');
    await untilFiring('OwedChanges');
    away.server.setReachable(true);
    await watch.signal(WATCH_SWITCH_SIGNAL, 'start');
    await untilCleared('OwedChanges', 'WatchStopped');
    assert.ok(!away.device.running().includes(`${String(standing.gateway.body['vrf_name'])} {`));
  });

  it('of workflows that can’t be replayed, or send too much, fire under other code, and clear under the right one', async function () {
    // Two bundles, and Temporal's pauses between the attempts at a workflow task.
    this.timeout(120_000);
    await kill();
    // Whatever begins under this code has nothing but too large a message; what began before can't be replayed.
    await start(['large-memo', 'another-step'].map((module) => `${ROOT}test/saga/${module}.ts`));
    const gateway = await site.write('vpn_gateway', 1);
    const { resourceType, resourceId } = gateway;
    await site.client.create({ resourceType, resourceId });
    await untilFiring('NonDeterminism', 'MessageTooLarge');
    await kill();
    // After so many attempts Temporal would wait for minutes for the answer of the worker that was killed.
    await site.temporal.workflow.getHandle(workflowIdOf(gateway)).terminate();
    await start();
    await site.client.create({ resourceType, resourceId });
    await site.untilWord(gateway, 1);
    await untilCleared('NonDeterminism', 'MessageTooLarge');
  });

  it('have all fired, but for those that only promtool can see', async () => {
    assert.deepEqual([...seen, ...ONLY_BY_PROMTOOL].toSorted(), await alertNames());
  });

  it('and the dashboard ask for what a worker serves', async () => {
    const empty: string[] = [];
    for (const query of await dashboardQueries())
      if ((await prometheus.series(query, from)) === 0 && !MAY_BE_EMPTY.test(query)) empty.push(query);
    assert.deepEqual(empty, []);
  });
});
