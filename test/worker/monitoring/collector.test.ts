import assert from 'node:assert/strict';
import type { Upkeep } from '../../../etcd/upkeep.ts';
import { Collector } from '../../../worker/monitoring/collector.ts';
import { RecordingMeter } from './recording-meter.ts';

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
const NOTHING: Upkeep = { routers: 2, owed: new Map(), holds: new Map() };

describe('what a worker collects from etcd', () => {
  let meter: RecordingMeter;
  let over: AbortController;
  let ended: Promise<void> | undefined;
  let reads: number;
  let answer: () => Upkeep;
  let collector: Collector;
  beforeEach(() => {
    meter = new RecordingMeter();
    over = new AbortController();
    reads = 0;
    ended = undefined;
    const upkeep = async () => {
      reads += 1;
      return answer();
    };
    collector = new Collector({ meter, store: { upkeep }, pauseMs: 5 });
  });
  afterEach(async () => {
    over.abort();
    await ended;
  });
  /** Lets it read this until it has told it. */
  const collect = async (next: () => Upkeep) => {
    answer = next;
    ended ??= collector.run(over.signal);
    const enough = reads + 2;
    for (;;) {
      if (reads >= enough) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  it('is what is owed and held, with the oldest ages, and nothing of it once it is over', async () => {
    await collect(() => ({
      routers: 2,
      owed: new Map([
        ['a', 3],
        [undefined, 7],
      ]),
      owedSince: ago(60),
      holds: new Map([
        ['a', ago(10)],
        ['b', ago(90_000)],
      ]),
    }));
    assert.deepEqual(meter.gauges.get('owedChanges'), [
      [{ router: 'a' }, 3],
      [{ router: 'others' }, 7],
    ]);
    assert.deepEqual(meter.gauges.get('maintenanceHolds'), [
      [{ router: 'a' }, 1],
      [{ router: 'b' }, 1],
    ]);
    assert.equal(Math.floor(meter.value('oldestOwed') ?? 0), 60);
    assert.equal(Math.floor(meter.value('oldestHold') ?? 0), 90_000);
    await collect(() => NOTHING);
    assert.deepEqual([meter.gauges.get('owedChanges'), meter.gauges.get('maintenanceHolds')], [[], []]);
    assert.deepEqual([meter.value('oldestOwed'), meter.value('oldestHold')], [0, 0]);
  });

  it('stays as it was while etcd does not answer, and so does the time of the last answer', async () => {
    await collect(() => ({ ...NOTHING, owed: new Map([['a', 1]]) }));
    await collect(() => {
      throw new Error('etcd did not answer');
    });
    const readAt = meter.value('upkeepReadAt');
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(meter.gauges.get('owedChanges'), [[{ router: 'a' }, 1]]);
    assert.equal(meter.value('upkeepReadAt'), readAt);
  });

  it('tells whether routers are few enough to be told apart, and that they are not before it is known', async () => {
    assert.equal(collector.areFew, false);
    await collect(() => ({ ...NOTHING, routers: 200 }));
    assert.equal(collector.areFew, true);
    await collect(() => ({ ...NOTHING, routers: 201 }));
    assert.equal(collector.areFew, false);
  });
});
