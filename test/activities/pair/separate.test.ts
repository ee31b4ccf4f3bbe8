import assert from 'node:assert/strict';
import { separate } from '../../../activities/router/separate.ts';
import type { LoadResult } from '../../../activities/router/separate.ts';

/** A router that refuses these numbers, and says of whom when it is `frank`. */
function routerThatRefuses(bad: readonly number[], { frank = false, always = false } = {}) {
  const trials: number[][] = [];
  const tryOut = async (items: readonly number[]): Promise<LoadResult<number>> => {
    trials.push([...items]);
    const found = items.filter((item) => bad.includes(item));
    if (always || (found.length > 0 && !frank))
      return { kind: 'unclear', error: new Error(`no: ${items.length}`) };
    if (found.length === 0) return { kind: 'good' };
    return { kind: 'bad', culprits: new Map(found.map((item) => [item, new Error(`not ${item}`)])) };
  };
  return { trials, tryOut };
}

const all = Array.from({ length: 64 }, (_, index) => index);

describe('separating the good from the poisonous', () => {
  it('takes one trial when all are good', async () => {
    const { trials, tryOut } = routerThatRefuses([]);
    assert.deepEqual(await separate(all, tryOut), { good: all, bad: new Map() });
    assert.equal(trials.length, 1);
  });

  it('tries nothing when there is nothing', async () => {
    const { trials, tryOut } = routerThatRefuses([]);
    assert.deepEqual((await separate([], tryOut)).good, []);
    assert.equal(trials.length, 0);
  });

  it('takes one trial more when the router says whom it refuses, however many', async () => {
    const { trials, tryOut } = routerThatRefuses([3, 17, 40], { frank: true });
    const { good, bad } = await separate(all, tryOut);
    assert.deepEqual([...bad.keys()], [3, 17, 40]);
    assert.equal(good.length, 61);
    assert.equal(trials.length, 2);
  });

  for (const poison of [0, 1, 31, 32, 63]) {
    it(`finds number ${poison} of 64 by halving, with seven trials more`, async () => {
      const { trials, tryOut } = routerThatRefuses([poison]);
      const { good, bad } = await separate(all, tryOut);
      assert.deepEqual([...bad.keys()], [poison]);
      assert.equal(good.length, 63);
      assert.deepEqual(trials.at(-1), good, 'what was tried last must be what is good');
      assert.ok(trials.length <= 8, `${trials.length} trials`);
    });
  }

  it('finds several by halving', async () => {
    const { trials, tryOut } = routerThatRefuses([5, 6, 60]);
    const { good, bad } = await separate(all, tryOut);
    assert.deepEqual(
      [...bad.keys()].sort((a, b) => a - b),
      [5, 6, 60],
    );
    assert.deepEqual(trials.at(-1), good);
  });

  it('does not try all of them one by one where even nothing is refused', async () => {
    const { trials, tryOut } = routerThatRefuses([], { always: true });
    const { good, bad } = await separate(all, tryOut);
    assert.deepEqual([good.length, bad.size], [0, 64]);
    assert.ok(trials.length <= 10, `${trials.length} trials`);
  });
});
