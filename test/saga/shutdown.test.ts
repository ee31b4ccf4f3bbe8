import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { GatewayRun } from '../../client/index.ts';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import type { ChildProgram } from '../../local/child.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { startWorker } from '../../local/worker-process.ts';
import type { FaultRule } from '../../simulator/server/index.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { client, LOCK, UNLOCK } from '../simulator/device/scene.ts';
import { meeting } from './breakpoints.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

/** A worker's time of grace is 5 s; what has not ended by then is handed over. */
const EXIT_MS = 8_000;
const LOCKED = 'a batch whose router an operator has locked';
const UNDER_MAINTENANCE = 'a batch that waits for the end of a maintenance hold';

describe('a worker that is told to end', function () {
  this.timeout(60_000);
  let site: Site;
  let worker: ChildProgram;
  let store: Store;
  const runs = new Map<string, { readonly gateway: TestGateway; readonly run: GatewayRun }>();

  const faults: readonly [string, Omit<FaultRule, 'outcome'>, number][] = [
    // Both go on for longer than the worker's time of grace.
    ['an apply that a router does not answer', { rpc: 'get-commit-information' }, 7_000],
    ['an apply whose router commits for longer', { rpc: 'commit-configuration', step: 'activate' }, 7_000],
  ];

  before(async () => {
    site = await openSite(faults.length + 3);
    store = openStore({ endpoints: site.stack.etcd.endpoints });
    worker = await startWorker(site.stack, { policy: { vrrpLimitMs: 60_000 } });
  });
  after(async () => {
    store.close();
    await site.close();
  });

  it('ends by itself within its grace, whatever it is waiting for', async () => {
    const begin = async (name: string, pair: number) => {
      const gateway = await site.write('vpn_gateway', pair);
      const run = await site.client.create(gateway);
      runs.set(name, { gateway, run });
      return { gateway, run };
    };
    const reached = faults.map(async ([name, rule, ms], pair) => {
      const { met, when } = meeting();
      site.pair(pair)[0].device.faults.add({ ...rule, when, outcome: { kind: 'delay', ms } });
      await begin(name, pair);
      await met;
    });
    const polled = site.pair(faults.length);
    for (const { device } of polled)
      for (let unit = 1025; unit < 1035; unit += 1) device.holdVrrpDown(`ae0.${unit}`, true);
    const { run } = await begin('polls that wait for VRRP', faults.length);
    const [locked, inMaintenance] = [site.pair(faults.length + 1)[0], site.pair(faults.length + 2)[0]];
    const operator = client(locked.device);
    await operator.ok(LOCK);
    await store.beginMaintenance(inMaintenance.id, { reason: 'new fan', since: new Date().toISOString() });
    await begin(LOCKED, faults.length + 1);
    await begin(UNDER_MAINTENANCE, faults.length + 2);
    const isBlocked = async (router: string) =>
      (await site.client.queue()).some(
        ({ queue }) => queue?.routers.includes(router) === true && queue.blockedBy !== null,
      );
    await Promise.all([...reached, site.untilStep(run, 'poll secondary')]);
    while (!(await isBlocked(locked.id)) || !(await isBlocked(inMaintenance.id))) await setTimeout(50);

    const began = performance.now();
    assert.deepEqual(await worker.stop(), { code: 0, signal: null });
    assert.ok(performance.now() - began < EXIT_MS, 'it was late');
    for (const { device } of polled)
      for (let unit = 1025; unit < 1035; unit += 1) device.holdVrrpDown(`ae0.${unit}`, false);
    await operator.ok(UNLOCK);
    operator.session.close();
    await store.endMaintenance(inMaintenance.id);
    await startWorker(site.stack, { name: 'worker-2' });
  });

  for (const name of [
    ...faults.map(([name]) => name),
    'polls that wait for VRRP',
    LOCKED,
    UNDER_MAINTENANCE,
  ]) {
    it(`hands over ${name}: the next one creates the gateway, once`, async () => {
      const { gateway, run } = runs.get(name)!;
      await site.assertCreatedOnce(gateway, run);
    });
  }

  it('hands over at once, not by time-outs: nothing was taken for a cancellation, a failure or a loss', async () => {
    for (const { gateway } of runs.values()) {
      const { primary_router_id, secondary_router_id } = gateway.neighbour('ha_router').body;
      const ids = [workflowIdOf(gateway), pairIdOf([String(primary_router_id), String(secondary_router_id)])];
      const histories = await Promise.all(
        ids.map((id) => site.temporal.workflow.getHandle(id).fetchHistory()),
      );
      const events = histories.flatMap((history) => history.events ?? []);
      const ended = events.flatMap((event) => [
        event.activityTaskTimedOutEventAttributes,
        event.activityTaskCanceledEventAttributes,
        event.activityTaskFailedEventAttributes,
      ]);
      assert.deepEqual(
        ended.filter((end) => end !== null && end !== undefined),
        [],
      );
      // The router may not have noticed yet that the first worker's session has ended.
      const words = events.flatMap(({ activityTaskStartedEventAttributes: started }) =>
        started?.lastFailure ? [started.lastFailure.applicationFailureInfo?.type] : [],
      );
      assert.ok(words.length > 0, 'nothing was handed over');
      for (const word of words) assert.ok(word === 'WorkerShutdown' || word === 'RouterBusy', String(word));
    }
  });
});
