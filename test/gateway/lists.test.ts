import assert from 'node:assert/strict';
import { distinct, partsOf } from '../../gateway/lists.ts';

describe('lists', () => {
  it('are cut into parts of a size, of which the last may be shorter', () => {
    assert.deepEqual(partsOf([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
    assert.deepEqual(partsOf([1, 2, 3, 4], 2), [
      [1, 2],
      [3, 4],
    ]);
    assert.deepEqual(partsOf([], 2), []);
  });

  it('have each value once, where it came first', () => {
    assert.deepEqual(distinct([['a', 'b'], ['c'], ['a', 'b']]), [['a', 'b'], ['c']]);
    assert.deepEqual(distinct([['a b'], ['a', 'b']]), [['a b'], ['a', 'b']]);
  });
});
