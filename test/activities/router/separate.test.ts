import assert from 'node:assert/strict';
import type { LoadResult } from '../../../activities/router/judge.ts';
import { overAfter, separate } from '../../../activities/router/separate.ts';
import { ACTIVITY_TIMES, SEPARATING_TIMES } from '../../../gateway/policies.ts';

const never = () => false;

/** A router that refuses these numbers. If it is `frank`, it names them. With `always` it refuses everything, even an empty load. */
function routerThatRefuses(bad: readonly number[], { frank = false, always = false } = {}) {
  const loads: number[][] = [];
  const load = async (items: readonly number[]): Promise<LoadResult<number>> => {
    loads.push([...items]);
    const found = items.filter((item) => bad.includes(item));
    if (always || (found.length > 0 && !frank))
      return { kind: 'unclear', error: new Error(`no: ${items.length}`) };
    if (found.length === 0) return { kind: 'accepted' };
    return { kind: 'refused', culprits: new Map(found.map((item) => [item, new Error(`not ${item}`)])) };
  };
  return { loads, load };
}

const all = Array.from({ length: 64 }, (_, index) => index);

describe('separating what a router accepts from what it refuses', () => {
  it('takes one load if all is accepted', async () => {
    const { loads, load } = routerThatRefuses([]);
    assert.deepEqual(await separate(all, load, never), { accepted: all, refused: new Map(), untried: [] });
    assert.equal(loads.length, 1);
  });

  it('loads nothing if there is nothing to load', async () => {
    const { loads, load } = routerThatRefuses([]);
    assert.deepEqual((await separate([], load, never)).accepted, []);
    assert.equal(loads.length, 0);
  });

  it('takes one load more if the router names what it refuses, however much that is', async () => {
    const { loads, load } = routerThatRefuses([3, 17, 40], { frank: true });
    const { accepted, refused } = await separate(all, load, never);
    assert.deepEqual([...refused.keys()], [3, 17, 40]);
    assert.equal(accepted.length, 61);
    assert.equal(loads.length, 2);
  });

  for (const bad of [0, 1, 31, 32, 63]) {
    it(`finds number ${bad} of 64 by halving, with seven loads more`, async () => {
      const { loads, load } = routerThatRefuses([bad]);
      const { accepted, refused } = await separate(all, load, never);
      assert.deepEqual([...refused.keys()], [bad]);
      assert.equal(accepted.length, 63);
      assert.deepEqual(loads.at(-1), accepted, 'what was loaded last must be what is accepted');
      assert.ok(loads.length <= 8, `${loads.length} loads`);
    });
  }

  it('finds several by halving', async () => {
    const { loads, load } = routerThatRefuses([5, 6, 60]);
    const { accepted, refused } = await separate(all, load, never);
    assert.deepEqual(
      [...refused.keys()].sort((a, b) => a - b),
      [5, 6, 60],
    );
    assert.deepEqual(loads.at(-1), accepted);
  });

  it('does not load all of them one by one if the router refuses even an empty load', async () => {
    const { loads, load } = routerThatRefuses([], { always: true });
    const { accepted, refused } = await separate(all, load, never);
    assert.deepEqual([accepted.length, refused.size], [0, 64]);
    assert.ok(loads.length <= 10, `${loads.length} loads`);
  });
});

describe('the time for finding what a router refuses', () => {
  const { membersMs } = SEPARATING_TIMES;
  const limitMs = ACTIVITY_TIMES.routers.startToCloseTimeout;

  /** Separates by a router that takes this long for a check. */
  async function separated(checkMs: number, bad: readonly number[], frank = false) {
    let now = 0;
    const { loads, load } = routerThatRefuses(bad);
    const found = await separate(
      all,
      (items) => {
        now += checkMs;
        const first = items.find((item) => bad.includes(item));
        return frank && first !== undefined
          ? Promise.resolve({ kind: 'refused', culprits: new Map([[first, new Error(`not ${first}`)]]) })
          : load(items);
      },
      overAfter(membersMs, () => now),
    );
    return { ...found, loads, tookMs: now };
  }

  for (const [checkMs, bad] of [
    [6_000, all.filter((item) => item % 4 === 0)],
    [6_000, all],
    [20_000, [3, 21, 40, 63]],
    [20_000, all],
    [100_000, [5]],
    [100_000, all],
  ] as [number, number[]][])
    it(`ends an attempt of ${checkMs / 1_000} s a check in time, with ${bad.length} of 64 refused`, async () => {
      const { accepted, refused, untried, tookMs } = await separated(checkMs, bad);
      // Then the other router checks the same members, and both commit.
      assert.ok(tookMs + 2 * checkMs < limitMs, `${tookMs} ms`);
      assert.ok(refused.size > 0, 'the next batch is a smaller one');
      assert.ok(all.some((item) => bad.includes(item) && refused.has(item)));
      const every = [...accepted, ...refused.keys(), ...untried].sort((a, b) => a - b);
      assert.deepEqual(every, all);
      assert.ok(!accepted.some((item) => bad.includes(item)));
    });

  it('refuses what it still suspects with the last words of the router, and accepts what is left', async () => {
    const { accepted, refused, untried, loads } = await separated(30_000, [20]);
    // 64, 32, the first 16, which are accepted, 24, 20: the time is over at 150 s. The last load is without the suspects.
    assert.deepEqual([...refused.keys()], [20, 21, 22, 23]);
    assert.equal(
      refused.get(20)?.message,
      'refused together with 3 others; the router did not name which, and the time for finding out was over: no: 24',
    );
    assert.deepEqual([accepted.length, untried], [60, []]);
    assert.deepEqual(loads.at(-1), accepted);
  });

  it('leaves untried what the router refuses after that', async () => {
    const { accepted, refused, untried } = await separated(30_000, [20, 50]);
    assert.deepEqual([...refused.keys()], [20, 21, 22, 23]);
    assert.deepEqual(accepted, []);
    assert.deepEqual(
      untried,
      all.filter((item) => item < 20 || item > 23),
    );
  });

  it('refuses nothing on suspicion once something was found, and accepts what was accepted before', async () => {
    const { accepted, refused, untried, loads } = await separated(14_000, [20, 50]);
    assert.deepEqual([...refused.keys()], [20]);
    assert.deepEqual(
      accepted,
      all.filter((item) => item < 49 && item !== 20),
    );
    assert.deepEqual(loads.at(-1), accepted);
    assert.equal(untried.length, 15);
  });

  it('refuses all if it is over with the first check', async () => {
    const { refused, loads } = await separated(membersMs, [20]);
    assert.deepEqual([refused.size, loads.length], [64, 1]);
  });

  it('ends also where the router names one after the other', async () => {
    const { refused, untried, tookMs } = await separated(60_000, all, true);
    assert.deepEqual([refused.size, untried.length, tookMs], [3, 61, 180_000]);
  });

  it('is enough to find one among 64 at 20 s a check', async () => {
    const { refused, accepted } = await separated(20_000, [20]);
    assert.deepEqual([[...refused.keys()], accepted.length], [[20], 63]);
  });
});
