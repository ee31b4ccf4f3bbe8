import assert from 'node:assert/strict';
import type { QueueSizes } from '../../../pair/queue.ts';
import { PairQueues } from '../../../worker/monitoring/pair-queues.ts';
import { RecordingMeter } from './recording-meter.ts';

const PAIR = { pair: 'router_pair:a+b' };
const MINUTE = 60_000;

describe("pairs' queues, as a worker shows them", () => {
  let meter: RecordingMeter;
  let queues: PairQueues;
  let now: number;
  beforeEach(() => {
    meter = new RecordingMeter();
    now = 0;
    queues = new PairQueues(meter, () => now);
  });
  const tell = (sizes: Partial<QueueSizes>) =>
    queues.tell({
      pair: ['a', 'b'],
      waiting: 0,
      oldestSince: null,
      applying: 0,
      onTrial: 0,
      trialSince: null,
      at: 0,
      ...sizes,
    });

  it('tell how many wait and for how long, and what is on the routers', () => {
    tell({ waiting: 3, oldestSince: Date.now() - 5 * MINUTE, onTrial: 2 });
    queues.show();
    assert.deepEqual(meter.gauges.get('pairWaiting'), [[PAIR, 3]]);
    assert.deepEqual(meter.gauges.get('pairOnTrial'), [[PAIR, 2]]);
    assert.deepEqual(meter.gauges.get('pairApplying'), [[PAIR, 0]]);
    const age = meter.gauges.get('pairOldestWait')?.[0]?.[1] ?? 0;
    assert.ok(age >= 300 && age < 310, String(age));
  });

  it('say that nothing waits once it does not', () => {
    tell({ waiting: 1, oldestSince: 1 });
    tell({});
    queues.show();
    assert.deepEqual(meter.gauges.get('pairWaiting'), [[PAIR, 0]]);
    assert.deepEqual(meter.gauges.get('pairOldestWait'), [[PAIR, 0]]);
  });

  it('are forgotten when their workflow has told nothing for long: another worker has it', () => {
    tell({ waiting: 1, oldestSince: 1 });
    now = 24 * MINUTE;
    queues.show();
    assert.equal(meter.gauges.get('pairWaiting')?.length, 1);
    now = 26 * MINUTE;
    queues.show();
    assert.deepEqual(meter.gauges.get('pairWaiting'), []);
  });

  it('tell how long each trial took, by the clock of the pair', () => {
    tell({ applying: 2, at: 1_000 });
    tell({ onTrial: 2, trialSince: 4_000, at: 4_000 });
    tell({ onTrial: 2, trialSince: 4_000, waiting: 1, at: 6_000 });
    // The batch is being settled.
    tell({ onTrial: 2, at: 9_000 });
    assert.deepEqual(meter.recorded, []);
    tell({ applying: 2, at: 11_500 });
    tell({ onTrial: 2, trialSince: 20_000, at: 20_000 });
    tell({ at: 21_000 });
    assert.deepEqual(meter.recorded, [
      ['trialDuration', 7.5, {}],
      ['trialDuration', 1, {}],
    ]);
  });

  it('are forgotten at once when the workflow continues as new, because another worker may take the new run', () => {
    tell({ waiting: 1, oldestSince: 1, applying: 2, at: 1_000 });
    tell({ waiting: 1, oldestSince: 1, applying: 2, at: 2_000, isLeaving: true });
    queues.show();
    for (const gauge of ['pairWaiting', 'pairOldestWait', 'pairApplying', 'pairOnTrial'] as const)
      assert.deepEqual(meter.gauges.get(gauge), [], gauge);
  });

  it('count a trial once, and whole, in the worker that sees its end', () => {
    const other = new PairQueues(meter, () => now);
    tell({ onTrial: 2, trialSince: 4_000, at: 4_000 });
    tell({ onTrial: 2, trialSince: 4_000, at: 5_000, isLeaving: true });
    const sizes = { pair: ['a', 'b'], waiting: 0, oldestSince: null, applying: 0 } as const;
    other.tell({ ...sizes, onTrial: 2, trialSince: 4_000, at: 5_100 });
    other.tell({ ...sizes, onTrial: 0, trialSince: null, at: 9_000 });
    // The pair comes back.
    tell({ at: 600_000 });
    assert.deepEqual(meter.recorded, [['trialDuration', 5, {}]]);
  });

  it('do not count a trial whose beginning this worker was not told', () => {
    tell({ onTrial: 2, at: 4_000 });
    tell({ at: 5_000 });
    assert.deepEqual(meter.recorded, []);
  });

  it('count the trial that ends, if another worker has had the pair since an earlier trial', () => {
    tell({ onTrial: 2, trialSince: 4_000, at: 4_000 });
    tell({ onTrial: 1, trialSince: 60_000, at: 61_000 });
    tell({ at: 62_000 });
    assert.deepEqual(meter.recorded, [['trialDuration', 2, {}]]);
  });
});
