import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FAILURES } from '../../gateway/failures.ts';
import { PAIR_LIMITS } from '../../pair/limits.ts';
import { APPLY, DrivenPair, run } from './driver.ts';

/** So many members ask at once. Each batch is refused as a whole, so that the next one begins. */
function batchesOf(count: number, batchLimit: number): readonly (readonly string[])[] {
  const pair = new DrivenPair();
  pair.limits = { batchLimit };
  for (const name of namesOf(count)) pair.requested(run(name), APPLY);
  const batches: string[][] = [];
  while (pair.state.batch !== null && batches.length <= count) {
    const { members } = pair.state.batch;
    batches.push(members.map(({ name }) => name));
    pair.reserved();
    const type = FAILURES.RouterRefused;
    pair.appliedWith({ refused: members.map((member) => ({ member, type, reason: 'x' })) });
    pair.reservationEnded();
  }
  return batches;
}

function namesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `m${index}`);
}

describe('a batch', () => {
  it('takes the first ones that wait, in their order, up to its limit, and leaves none', () => {
    fc.assert(
      fc.property(fc.nat({ max: 150 }), fc.integer({ min: 1, max: 70 }), (count, limit) => {
        const batches = batchesOf(count, limit);
        assert.deepEqual(batches.flat(), namesOf(count));
        for (const [index, batch] of batches.entries())
          assert.equal(batch.length, index < batches.length - 1 ? limit : ((count - 1) % limit) + 1);
      }),
      { numRuns: 30 },
    );
  });

  for (const [count, sizes] of [
    [63, [63]],
    [64, [64]],
    [65, [64, 1]],
    [128, [64, 64]],
    [129, [64, 64, 1]],
  ] as const)
    it(`of ${count} members at once begins with ${sizes[0]}`, () => {
      const batches = batchesOf(count, PAIR_LIMITS.batch);
      assert.deepEqual(
        batches.map((batch) => batch.length),
        sizes,
      );
    });
});
