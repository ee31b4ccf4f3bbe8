/** The watch's worker loses Temporal, etcd or both for a while, and gateways are written meanwhile. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { CONFIG_WATCH_ID, DEFAULT_WATCH_POLICY } from '../../gateway/config-watch.ts';
import { APPLY_GATEWAY } from '../../gateway/messages.ts';
import { Proxy } from '../../local/proxy.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { openWatchSite } from './watch-scene.ts';
import type { WatchSite } from './watch-scene.ts';

const PAIRS = 2;
const RUNNING = `WorkflowType = '${APPLY_GATEWAY}' AND ExecutionStatus = 'Running'`;
/** It lists seldom, so that what was written meanwhile is found because it was cut off. */
const policy = { watch: { ...DEFAULT_WATCH_POLICY, relistSeconds: 3_600 } };

describe('the watch over /config, cut off', function () {
  this.timeout(120_000);
  let site: WatchSite;
  let temporal: Proxy;
  let etcd: Proxy;

  before(async () => {
    site = await openWatchSite(PAIRS);
    temporal = await Proxy.open(site.stack.temporal.address);
    etcd = await Proxy.open(site.stack.etcd.endpoints[0] ?? '');
    const environment = {
      ...site.stack.environment,
      TEMPORAL_ADDRESS: temporal.endpoint,
      ETCDCTL_ENDPOINTS: etcd.endpoint,
    };
    await startWorker({ ...site.stack, environment }, { watch: true, policy });
    await site.untilStatus(({ report }) => report !== null);
  });
  after(async () => {
    await Promise.all([temporal.close(), etcd.close()]);
    await site.close();
  });

  const write = (count: number): Promise<TestGateway[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => site.write('vpn_gateway', index % PAIRS)));
  const cut = (...proxies: readonly Proxy[]) => {
    for (const proxy of proxies) {
      proxy.closed = true;
      proxy.drop();
    }
  };
  const mend = (...proxies: readonly Proxy[]) => {
    for (const proxy of proxies) proxy.closed = false;
  };
  /** Which attempt of the watch's activity Temporal knows, by the server itself: the worker can't be asked. */
  const attempt = async () => {
    const { raw } = await site.temporal.workflow.getHandle(CONFIG_WATCH_ID).describe();
    return raw.pendingActivities?.[0]?.attempt ?? 0;
  };
  /** Resolves once Temporal has given the watch up for lost. */
  const untilGivenUp = async (before: number) => {
    while ((await attempt()) <= before) await setTimeout(100);
  };
  /** Resolves to the time at which its saga was started, by the server. */
  const assertMadeOnce = async (gateways: readonly TestGateway[]) => {
    for (const gateway of gateways) await site.untilWord(gateway, 1);
    await site.untilStatus(({ report }) => report?.differing === 0);
    // Temporal may have been asked again meanwhile for what had ended. Nothing comes of such a run.
    while ((await site.temporal.workflow.count(RUNNING)).count > 0) await setTimeout(50);
    for (const gateway of gateways) await site.assertMadeOnce(gateway);
  };

  it('from Temporal, asks for what was under way and for what was written meanwhile, once', async () => {
    const before = await attempt();
    const first = await write(6);
    await site.untilStarted(first);
    cut(temporal);
    const second = await write(4);
    await untilGivenUp(before);
    for (const gateway of second) assert.equal(await site.runs(gateway), 0);
    mend(temporal);
    await assertMadeOnce([...first, ...second]);
  });

  it('from Temporal by a network that swallows everything, which neither end notices', async () => {
    const before = await attempt();
    const first = await write(4);
    await site.untilStarted(first);
    temporal.freeze();
    const second = await write(4);
    await untilGivenUp(before);
    temporal.unfreeze();
    await assertMadeOnce([...first, ...second]);
  });

  it('from Temporal before it has heard that a saga was asked, does not have it made again', async () => {
    temporal.delayMs = 1_000;
    const gateway = await site.write('vpn_gateway', 0);
    const started = await site.untilStarted([gateway]);
    temporal.drop();
    // The answer was still on its way.
    assert.ok(Date.now() - started < temporal.delayMs, `after ${Date.now() - started} ms`);
    temporal.delayMs = 0;
    await assertMadeOnce([gateway]);
  });

  it('from etcd, finds what was written meanwhile', async () => {
    const first = await write(4);
    await site.untilStarted(first);
    cut(etcd);
    const second = await write(4);
    await site.untilStatus(({ report }) => /etcd/.test(report?.waits ?? ''));
    for (const gateway of second) assert.equal(await site.runs(gateway), 0);
    mend(etcd);
    await assertMadeOnce([...first, ...second]);
  });

  it('from both, asks for all of it, once', async () => {
    const before = await attempt();
    const first = await write(4);
    await site.untilStarted(first);
    cut(temporal, etcd);
    const second = await write(4);
    await untilGivenUp(before);
    mend(temporal);
    await site.untilStatus(({ report }) => /etcd/.test(report?.waits ?? ''));
    for (const gateway of second) assert.equal(await site.runs(gateway), 0);
    mend(etcd);
    await assertMadeOnce([...first, ...second]);
  });
});
