import assert from 'node:assert/strict';
import { interleave, median, pairedDifference, pairedRatio, spread, timed } from '../../bench/statistics.ts';

describe('statistics of a benchmark', () => {
  it('take the middle value as the median, whatever the order', () => {
    assert.equal(median([9, 1, 100]), 9);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([7]), 7);
  });

  it('do not change the values', () => {
    const values = [3, 1, 2];
    median(values);
    assert.deepEqual(values, [3, 1, 2]);
  });

  it('give the whole range beside the median', () => {
    assert.deepEqual(spread([5, 1, 9]), { median: 5, min: 1, max: 9, runs: 3 });
  });

  it('refuse an empty list', () => {
    assert.throws(() => median([]), /^RangeError: expected at least one value/);
    assert.throws(() => spread([]), RangeError);
    assert.throws(() => pairedRatio({ measured: [], baseline: [] }), RangeError);
  });

  it('compare values of the same index, so that a slow minute slows both down', () => {
    // The ratio of the medians would be 4 / 2, which is the ratio of no two values.
    const values = { measured: [3, 4, 30], baseline: [2, 4, 20] };
    assert.equal(pairedRatio(values), 1.5);
    assert.equal(pairedDifference(values), 1);
  });

  it('refuse series of different lengths', () => {
    assert.throws(
      () => pairedRatio({ measured: [1, 2], baseline: [1] }),
      /expected pairs, got 2 values against 1/,
    );
  });
});

describe('interleaved measurements', () => {
  it('alternate, and alternate which one is first', async () => {
    const order: string[] = [];
    const side = (name: string) => async (run: number) => {
      order.push(`${name}${run}`);
      return run;
    };
    const values = await interleave(3, { measured: side('m'), baseline: side('b') });
    assert.deepEqual(order, ['m0', 'b0', 'b1', 'm1', 'm2', 'b2']);
    assert.deepEqual(values, { measured: [0, 1, 2], baseline: [0, 1, 2] });
  });

  it('last until the work has ended', async () => {
    const took = await timed(() => new Promise((resolve) => setTimeout(resolve, 30)));
    assert.ok(took >= 29, `expected at least 29 ms, got ${took}`);
  });
});
