import assert from 'node:assert/strict';
import { WatchMeter } from '../../../activities/watch/watch-meter.ts';
import type { WatchFacts } from '../../../activities/watch/watch-meter.ts';
import { RecordingMeter } from '../../worker/monitoring/recording-meter.ts';

const none = { count: 0, first: [] };
const EVEN: WatchFacts = {
  listed: '2026-11-22T03:19:53.670Z',
  differing: 2,
  inFlight: 1,
  silent: { count: 1, first: [] },
  unreadable: none,
  waits: null,
};

describe("the watch's metrics", () => {
  let meter: RecordingMeter;
  let shown: WatchMeter;
  let now: number;
  beforeEach(() => {
    meter = new RecordingMeter();
    now = 0;
    shown = new WatchMeter(meter, () => now);
  });

  const reasons: readonly (readonly [string, Partial<WatchFacts>])[] = [
    ['has not listed yet', { listed: null }],
    ['waits for etcd or Temporal', { waits: 'etcd did not answer' }],
    ['has not asked for all that differs', { differing: 3 }],
  ];
  for (const [why, facts] of reasons)
    it(`lag while it ${why}`, () => {
      shown.tell(EVEN);
      assert.equal(meter.value('watchLag'), 0);
      now = 1_000;
      shown.tell({ ...EVEN, ...facts });
      now = 4_500;
      shown.tell({ ...EVEN, ...facts });
      assert.equal(meter.value('watchLag'), 3.5);
      shown.tell(EVEN);
      assert.equal(meter.value('watchLag'), 0);
    });

  it('are 0 once another worker has it', () => {
    shown.tell({ ...EVEN, waits: 'etcd did not answer', unreadable: { count: 4, first: [] } });
    assert.equal(meter.value('watchActive'), 1);
    assert.equal(meter.value('watchUnreadable'), 4);
    shown.end();
    assert.deepEqual(
      [...meter.gauges.values()].flat().map(([, value]) => value),
      [0, 0, 0, 0, 0, 0],
    );
  });
});
