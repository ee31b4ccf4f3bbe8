import assert from 'node:assert/strict';
import { sharesOf } from '../../bench/burst.ts';
import { overtakenIn } from '../../bench/children.ts';

describe('the shares of a burst', () => {
  it('count a pair as ended when its last gateway has ended, in whatever order the gateways end', () => {
    const lives = [
      { started: 1_000, closed: 9_000 },
      { started: 1_500, closed: 3_000 },
      { started: 2_000, closed: 5_000 },
      { started: 2_500, closed: 4_500 },
    ];
    const { ends, waits } = sharesOf(lives, 2);
    assert.deepEqual(ends, { median: 5.75, min: 3.5, max: 8, runs: 2 });
    assert.deepEqual(waits, { median: 2.5, min: 1.5, max: 8, runs: 4 });
  });
});

describe('how often one was overtaken', () => {
  it('counts those that started later and closed before it', () => {
    const lives = [
      { started: 1, closed: 9 },
      { started: 2, closed: 8 },
      { started: 3, closed: 10 },
      { started: 4, closed: 7 },
    ];
    assert.deepEqual(overtakenIn(lives), [2, 1, 1, 0]);
  });
});
