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
    tell({ onTrial: 2, at: 4_000 });
    tell({ onTrial: 2, waiting: 1, at: 6_000 });
    assert.deepEqual(meter.recorded, []);
    tell({ applying: 2, at: 11_500 });
    tell({ onTrial: 2, at: 20_000 });
    tell({ at: 21_000 });
    assert.deepEqual(meter.recorded, [
      ['trialDuration', 7.5, {}],
      ['trialDuration', 1, {}],
    ]);
  });
});
