/**
 * Many gateways written at once, with a real etcd, a real Temporal and real sagas. `WATCH_BURST=10000` writes ten thousand, which takes twenty
 * minutes on two cores.
 */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import { EtcdClient } from '../../etcd/client.ts';
import { KEYS } from '../../etcd/keys.ts';
import { DEFAULT_WATCH_POLICY } from '../../gateway/config-watch.ts';
import { APPLY_GATEWAY } from '../../gateway/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { ChildProgram } from '../../local/child.ts';
import { gatewayOn, recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { openWatchSite } from './watch-scene.ts';
import type { WatchSite } from './watch-scene.ts';

const COUNT = Number(process.env['WATCH_BURST'] ?? 120);
const PAIRS = 4;
const IN_FLIGHT = 40;
/** Every fifth gateway gets another version, while most are waiting. */
const CHANGED = 5;
const AT_ONCE = 50;
/** A worker whose heap outgrows this ends. */
const HEAP_MB = 256;

/** When a gateway was first registered, and when it got its first word in `/state`, by etcd's revision. The watch asks before, and hears after. */
interface UnderWay {
  readonly pair: number;
  readonly from: number;
  readonly to: number;
}

/** How many were under way at the same time at most. */
function most(all: readonly UnderWay[]): number {
  const steps = all
    .flatMap(({ from, to }) => [
      { at: from, step: 1 },
      { at: to, step: -1 },
    ])
    .sort((one, other) => one.at - other.at);
  let now = 0;
  return Math.max(...steps.map(({ step }) => (now += step)));
}

describe(`${COUNT} gateways that are written at once`, function () {
  this.timeout(120_000 + COUNT * 500);
  let site: WatchSite;
  let worker: ChildProgram;
  let raw: Etcd3;
  const all: { readonly pair: number; readonly gateway: TestGateway }[] = [];

  before(async () => {
    site = await openWatchSite(PAIRS);
    raw = new Etcd3({ hosts: [...site.stack.etcd.endpoints] });
    const environment = { ...site.stack.environment, NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` };
    worker = await startWorker(
      { ...site.stack, environment },
      { watch: true, policy: { watch: { ...DEFAULT_WATCH_POLICY, inFlight: IN_FLIGHT } } },
    );
    await site.untilStatus(({ report }) => report !== null);
  });
  after(async () => {
    raw.close();
    await site.close();
  });

  const write = async (gateways: readonly TestGateway[]) => {
    const etcd = new EtcdClient({ endpoints: site.stack.etcd.endpoints });
    for (let from = 0; from < gateways.length; from += AT_ONCE)
      await Promise.all(
        gateways.slice(from, from + AT_ONCE).map(async ({ gateway, neighbours }) => {
          const put = [...neighbours, gateway].map(recordOf);
          const entries = put.map(({ key, value }) => ({ key, value: Buffer.from(value) }));
          const { kind } = await etcd.write('records', { unchanged: [], put: entries });
          assert.equal(kind, 'applied');
        }),
      );
    etcd.close();
  };
  const under = async (prefix: string) => {
    const { kvs } = await raw.getAll().prefix(prefix).exec();
    return new Map(kvs.map((kv) => [kv.key.toString(), kv]));
  };
  const states = () => under('/state/v2.0/vpn_gateways/');

  it('all end, each at its last version', async () => {
    for (let index = 0; index < COUNT; index += 1) {
      const pair = index % PAIRS;
      const [primary, secondary] = site.pair(pair);
      const ids = { primary: primary.id, secondary: secondary.id };
      all.push({ pair, gateway: gatewayOn('vpn_gateway', ids, Math.floor(index / PAIRS)) });
    }
    await write(all.map(({ gateway }) => gateway));
    const changed = all.filter((_, index) => index % CHANGED === 0).map(({ gateway }) => gateway);
    for (const { gateway } of changed) gateway.version += 1;
    await write(changed);
    let gone = false;
    void worker.exited.then(() => (gone = true));
    for (;;) {
      assert.ok(!gone, `the worker has ended: ${worker.log}`);
      const told = await states();
      const left = all.filter(({ gateway }) => {
        const value = told.get(KEYS.state(gateway))?.value.toString();
        return (
          value === undefined || (JSON.parse(value) as { version: number }).version < gateway.gateway.version
        );
      });
      if (left.length === 0) break;
      await setTimeout(200);
    }
    for (const { gateway } of all) {
      const last = { version: gateway.gateway.version, word: 'CREATE_COMPLETED' };
      assert.deepEqual((await site.words(gateway)).at(-1), last, gateway.resourceId);
    }
    for (const { pair, gateway } of all)
      for (const { device, name } of site.pair(pair))
        assert.ok(device.running().includes(String(gateway.gateway.body['vrf_name'])), `${name} lacks it`);
  });

  it('each version once, by one run', async () => {
    for (const { gateway } of all) {
      const versions = (await site.words(gateway)).map(({ version }) => version);
      assert.deepEqual(
        versions,
        [...new Set(versions)].sort((one, other) => one - other),
        gateway.resourceId,
      );
    }
    await site.untilStatus(({ report }) => report?.differing === 0);
    const runs = new Map<string, number>();
    const open = `WorkflowType = '${APPLY_GATEWAY}' AND ExecutionStatus = 'Running'`;
    while ((await site.temporal.workflow.count(open)).count > 0) await setTimeout(100);
    for await (const { type, workflowId } of site.temporal.workflow.list())
      if (type === APPLY_GATEWAY) runs.set(workflowId, (runs.get(workflowId) ?? 0) + 1);
    assert.equal(runs.size, COUNT);
    for (const { gateway } of all) {
      const count = runs.get(workflowIdOf(gateway)) ?? 0;
      assert.ok(count <= gateway.gateway.version, `${gateway.resourceId}: ${count} runs`);
    }
  });

  it('so many at a time as the policy says, and of one pair at most half of them', async () => {
    const [plans, told] = [await under('/gateway-saga/'), await states()];
    const underWay = all.map(({ pair, gateway }): UnderWay => {
      const [plan, state] = [plans.get(KEYS.plan(gateway)), told.get(KEYS.state(gateway))];
      return { pair, from: Number(plan?.create_revision), to: Number(state?.create_revision) };
    });
    const atOnce = most(underWay);
    assert.ok(atOnce <= IN_FLIGHT, `${atOnce} were under way at once`);
    assert.ok(atOnce > IN_FLIGHT / 2, `only ${atOnce} were under way at once`);
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const ofPair = most(underWay.filter((one) => one.pair === pair));
      assert.ok(ofPair <= IN_FLIGHT / 2, `${ofPair} of pair ${pair} were under way at once`);
    }
    const { report } = await site.status();
    assert.deepEqual([report?.inFlight, report?.silent.count, report?.waits], [0, 0, null]);
  });
});
