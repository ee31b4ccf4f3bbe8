/** What holds for a pair in the end, whatever has happened to it. Two specs check it, with few histories and with many. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { World } from './model-world.ts';

const GATEWAYS = ['a', 'b', 'c'];

/** Checks `histories` random histories of a pair where `waitingLimit` members may wait, and others wait at the door. The seed is always the same, so fewer histories are the first ones of more. */
export function assertEverySagaIsAnswered(histories: number, waitingLimit: number): void {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5039 }), { minLength: 200, maxLength: 900 }), (numbers) => {
      const { chance, isLeft } = chanceOf(numbers);
      const world = new World(GATEWAYS, chance, waitingLimit);
      while (isLeft()) world.step();
      world.calm();

      assert.deepEqual(world.routers.unsettled, [], 'a member was not settled');
      assert.equal(world.routers.reservation, null, 'the reservation was not ended');
      for (const name of GATEWAYS) {
        const last = world.sagas.filter((saga) => saga.name === name).at(-1);
        if (last?.endedByItself !== true) continue;
        const promised = world.routers.states.get(name) === 'created';
        assert.equal(world.routers.carriesAny(name), promised, `${name}: /state and the routers differ`);
      }
    }),
    { seed: 4, numRuns: histories },
  );
}

/** Chance from a list of numbers. When the list is used up, nothing special happens any more. */
function chanceOf(numbers: readonly number[]) {
  let next = 0;
  return {
    chance: (below: number) => (below === 0 ? 0 : (numbers[next++] ?? 0) % below),
    isLeft: () => next < numbers.length,
  };
}
