import assert from 'node:assert/strict';
import type { MetricMeter } from '@temporalio/common';
import { METRICS } from '../../../gateway/metrics.ts';
import { CoreMeter, bucketsOf } from '../../../worker/monitoring/core-meter.ts';

/** As the SDK's exporter does, it keeps every series that it was ever told of. */
function exporter() {
  const series = new Map<string, number>();
  const set = (name: string) => (value: number, labels: object) =>
    void series.set(`${name} ${JSON.stringify(labels)}`, value);
  const meter = {
    createCounter: (name: string) => ({ add: set(name) }),
    createGauge: (name: string) => ({ set: set(name) }),
    createHistogram: (name: string) => ({ record: set(name) }),
  } as unknown as MetricMeter;
  return { meter, series };
}

const waiting = (pair: string, value: number) => ({ labels: { pair }, value });

describe("a worker's meter", () => {
  it('sets a series of a gauge to 0 when it is over', () => {
    const { meter, series } = exporter();
    const told = new CoreMeter(
      () => meter,
      () => true,
    );
    told.replace('pairWaiting', [waiting('a', 3), waiting('b', 1)]);
    told.replace('pairWaiting', [waiting('b', 2)]);
    assert.deepEqual(Object.fromEntries(series), {
      'gateway_saga_pair_waiting_gateways {"pair":"a"}': 0,
      'gateway_saga_pair_waiting_gateways {"pair":"b"}': 2,
    });
    told.replace('pairWaiting', []);
    assert.deepEqual([...series.values()], [0, 0]);
  });

  it('adds up what many routers and pairs have, shows the oldest age, and leaves out their names', () => {
    const { meter, series } = exporter();
    const told = new CoreMeter(
      () => meter,
      () => false,
    );
    told.replace('pairWaiting', [waiting('a', 3), waiting('b', 1)]);
    told.replace('pairOldestWait', [waiting('a', 30), waiting('b', 10)]);
    told.replace('routerInfo', [{ labels: { router: '1', router_name: 'MX-1' }, value: 1 }]);
    told.record('commitDuration', 0.5, { router: '1', outcome: 'done' });
    assert.deepEqual(Object.fromEntries(series), {
      'gateway_saga_pair_waiting_gateways {"pair":"all"}': 4,
      'gateway_saga_pair_oldest_wait_seconds {"pair":"all"}': 30,
      'gateway_saga_router_commit_duration_seconds {"router":"all","outcome":"done"}': 0.5,
    });
  });

  it('leaves no series of single routers behind, in gauges, when there are too many', () => {
    const { meter, series } = exporter();
    let isPerRouter = true;
    const told = new CoreMeter(
      () => meter,
      () => isPerRouter,
    );
    told.replace('sessionsOpen', [{ labels: { router: '1' }, value: 2 }]);
    told.replace('routerInfo', [{ labels: { router: '1', router_name: 'MX-1' }, value: 1 }]);
    isPerRouter = false;
    told.replace('sessionsOpen', [{ labels: { router: '1' }, value: 2 }]);
    told.replace('routerInfo', [{ labels: { router: '1', router_name: 'MX-1' }, value: 1 }]);
    assert.deepEqual(Object.fromEntries(series), {
      'gateway_saga_router_sessions_open {"router":"1"}': 0,
      'gateway_saga_router_sessions_open {"router":"all"}': 2,
      'gateway_saga_router_info {"router":"1","router_name":"MX-1"}': 0,
    });
  });

  it('takes the meter of the runtime that is there when the first fact comes', () => {
    const { meter, series } = exporter();
    let isThere = false;
    const told = new CoreMeter(
      () => {
        assert.ok(isThere, 'asked for a meter too early');
        return meter;
      },
      () => true,
    );
    isThere = true;
    told.record('batchMembers', 3, {});
    assert.ok(series.size > 0);
  });

  it('tells nothing once it has ended', () => {
    const { meter, series } = exporter();
    const told = new CoreMeter(
      () => meter,
      () => true,
    );
    told.end();
    told.replace('pairWaiting', [waiting('a', 3)]);
    told.record('batchMembers', 3, {});
    assert.equal(series.size, 0);
  });

  it('has buckets for each histogram, in ascending order', () => {
    const all = Object.values(bucketsOf());
    assert.equal(all.length, Object.values(METRICS).filter(({ type }) => type === 'histogram').length);
    for (const bounds of all)
      assert.deepEqual(
        bounds,
        [...bounds].sort((one, other) => one - other),
      );
  });
});
