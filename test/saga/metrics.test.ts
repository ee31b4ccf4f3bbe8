import assert from 'node:assert/strict';
import { METRICS } from '../../gateway/metrics.ts';
import type { MetricFacts } from '../../gateway/metrics.ts';
import { freePorts } from '../../local/ports.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { openStore } from '../../etcd/store.ts';
import { LOCK, UNLOCK, client } from '../simulator/device/scene.ts';
import { attributesOf, openCollector } from '../world/collector.ts';
import type { Collector } from '../world/collector.ts';
import { openWatchSite } from './watch-scene.ts';
import type { WatchSite } from './watch-scene.ts';

/** What an exporter of Prometheus's text format serves. */
interface Served {
  /** By name. */
  readonly families: ReadonlyMap<string, { readonly type: string; readonly help: string }>;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function read(text: string): Served {
  const families = new Map<string, { type: string; help: string }>();
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const [, what, family = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    const facts = families.get(family) ?? { type: '', help: '' };
    if (what === 'HELP') families.set(family, { ...facts, help: rest });
    if (what === 'TYPE') families.set(family, { ...facts, type: rest });
    const [, name, inside = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const labels = Object.fromEntries(
      [...inside.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, label = '', text = '']) => [label, text]),
    );
    samples.push({ name, labels, value: Number(value) });
  }
  return { families, samples };
}

const PASSWORD = 'canary-Zq7!pass"word';

describe('the metrics of a worker', function () {
  this.timeout(90_000);
  let site: WatchSite;
  let collector: Collector;
  let metricsPort: number;
  let healthPort: number;
  before(async () => {
    site = await openWatchSite(1, { password: PASSWORD });
    collector = await openCollector();
    [metricsPort = 0, healthPort = 0] = await freePorts(2);
  });
  after(async () => {
    await site.close();
    await collector.close();
  });

  let good: TestGateway;
  const scrape = async () => read(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text());
  const untilServed = async (is: (served: Served) => boolean) => {
    for (;;) {
      const served = await scrape();
      if (is(served)) return served;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const ALL: readonly MetricFacts[] = Object.values(METRICS);

  it('are those of the table, after a creation that waited for a person, and one that failed', async () => {
    const [router] = site.pair(0);
    const operator = client(router.device);
    await operator.ok(LOCK);
    const store = openStore({ endpoints: site.stack.etcd.endpoints });
    await store.beginMaintenance('held', {
      reason: 'new line card',
      since: new Date(Date.now() - 60_000).toISOString(),
    });
    await site.put('/gateway-saga/owed-changes/owing/vpn_gateways/1/1:x', '{}');
    store.close();
    await startWorker(site.stack, {
      watch: true,
      args: [
        `--metrics=127.0.0.1:${metricsPort}`,
        `--health=127.0.0.1:${healthPort}`,
        `--traces=${collector.url}`,
      ],
    });
    good = await site.write('vpn_gateway', 0);
    await untilServed(({ samples }) => samples.some(({ name }) => name === METRICS.lockRefusals.name));
    await operator.ok(UNLOCK);
    operator.session.close();
    await site.untilWord(good, 1);
    const bad = await site.write('vpn_gateway', 0, ({ gateway }) => {
      gateway.body['downlink_vlan_id'] = '5000';
    });
    await site.untilWord(bad, 1);

    const { families, samples } = await untilServed(
      (served) =>
        ALL.every(({ name }) => served.families.has(name)) &&
        served.samples.some(({ labels }) => labels['failure_type'] === 'InvalidGateway') &&
        served.samples.some(({ name, value }) => name === METRICS.workerPolling.name && value === 1),
    );
    const ours = [...families].filter(([name]) => name.startsWith('gateway_saga_'));
    assert.deepEqual(
      ours.map(([name, { type, help }]) => `${name} ${type}: ${help}`).sort(),
      ALL.map(({ name, type, help }) => `${name} ${type}: ${help}`).sort(),
    );
    for (const { name, type, labels, buckets } of ALL) {
      const own = samples.filter(
        (one) => one.name.replace(type === 'histogram' ? /_(bucket|sum|count)$/ : '', '') === name,
      );
      for (const one of own)
        assert.deepEqual(
          Object.keys(one.labels)
            .filter((label) => label !== 'le')
            .sort(),
          [...labels].sort(),
          name,
        );
      const bounds = new Set(own.map((one) => one.labels['le']).filter((le) => le !== undefined));
      assert.deepEqual(
        [...bounds].map((le) => Number(le?.replace('+Inf', 'Infinity'))),
        buckets === undefined ? [] : [...buckets, Infinity],
        name,
      );
    }

    const valueOf = (name: string, wanted: Readonly<Record<string, string>> = {}) =>
      samples
        .filter(
          (one) =>
            one.name === name && Object.entries(wanted).every(([label, is]) => one.labels[label] === is),
        )
        .reduce((sum, { value }) => sum + value, 0);
    const ended = METRICS.changesEnded.name;
    const kind = { kind: 'vpn_gateway' };
    assert.equal(valueOf(ended), 2);
    assert.equal(valueOf(ended, { ...kind, action: 'create', outcome: 'complete', failure_type: '' }), 1);
    assert.equal(valueOf(ended, { ...kind, outcome: 'failed', failure_type: 'InvalidGateway' }), 1);
    const count = (metric: keyof typeof METRICS, wanted?: Readonly<Record<string, string>>) =>
      valueOf(`${METRICS[metric].name}_count`, wanted);
    assert.equal(count('stepDuration', { step: 'apply', outcome: 'done' }), 1);
    assert.deepEqual([count('batchMembers'), count('trialDuration')], [1, 1]);
    for (const { id } of site.pair(0)) {
      assert.equal(count('commitDuration', { router: id, outcome: 'done' }), 1);
      assert.ok(count('checkDuration', { router: id, outcome: 'done' }) >= 1);
    }
    const names = samples.filter(({ name }) => name === METRICS.routerInfo.name);
    assert.deepEqual(
      new Set(names.map(({ labels }) => labels['router'])),
      new Set(site.pair(0).map(({ id }) => id)),
    );
    assert.ok(valueOf(METRICS.lockRefusals.name, { router: router.id, holder: 'lock' }) >= 1);
    assert.equal(valueOf(METRICS.owedChanges.name, { router: 'owing' }), 1);
    assert.equal(valueOf(METRICS.maintenanceHolds.name, { router: 'held' }), 1);
    assert.ok(valueOf(METRICS.oldestHold.name) >= 60);
    for (const up of [METRICS.etcdUp, METRICS.temporalUp, METRICS.workerPolling, METRICS.watchActive])
      assert.equal(valueOf(up.name), 1, up.name);
  });

  it('come with an endpoint that says whether the worker is ready', async () => {
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${healthPort}${path}`)).status;
    assert.deepEqual([await get('/healthz'), await get('/readyz')], [200, 200]);
  });

  it('come with traces, of steps, activities and requests to routers, without a payload', async () => {
    const isDone = () => collector.spans.filter(({ name }) => name === 'create').length >= 2;
    while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 100));
    const { spans, bodies } = collector;
    const root = spans.find((span) => attributesOf(span)['gateway.id'] === good.resourceId);
    assert.ok(root);
    const { 'temporal.run_id': run, ...facts } = attributesOf(root);
    assert.ok(run);
    assert.deepEqual(facts, {
      'gateway.type': 'vpn_gateway',
      'gateway.id': good.resourceId,
      'gateway.version': '1',
      'change.outcome': 'complete',
    });
    const inside = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
    const names = new Set(inside.map(({ name }) => name));
    for (const name of ['step plan', 'step apply', 'step publish', 'plan', 'requestApply', 'poll'])
      assert.ok(names.has(name), `no ${name} among ${[...names].join(', ')}`);
    assert.ok(inside.every(({ traceId, status }) => traceId === root.traceId && status.code === undefined));

    // The pair has done it in an activity of its own.
    const commits = spans.filter(({ name, kind }) => name === 'commit' && kind === 3);
    assert.deepEqual(
      new Set(commits.map((span) => attributesOf(span)['router.id'])),
      new Set(site.pair(0).map(({ id }) => id)),
    );
    for (const commit of commits) {
      assert.deepEqual(Object.keys(attributesOf(commit)), ['router.id', 'router.name', 'request.outcome']);
      const activity = spans.find(({ spanId }) => spanId === commit.parentSpanId);
      assert.equal(activity?.traceId, commit.traceId);
      assert.ok(['apply', 'settle'].includes(activity?.name ?? ''), activity?.name);
      const took = BigInt(commit.endTimeUnixNano) - BigInt(commit.startTimeUnixNano);
      assert.ok(took > 0n && took < 10_000_000_000n, String(took));
    }
    const failed = spans.find((span) => attributesOf(span)['error.type'] === 'InvalidGateway');
    assert.equal(failed?.status.code, 2);
    const all = bodies.join('\n');
    for (const secret of [
      PASSWORD,
      JSON.stringify(PASSWORD).slice(1, -1),
      String(good.gateway.body['vrf_name']),
    ])
      assert.ok(!all.includes(secret), secret);
  });
});
