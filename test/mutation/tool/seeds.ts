/** Seeds of the simulation as tests of mocha, for the mutants that no spec notices. The simulation runs the workflows' code in this process. */
import assert from 'node:assert/strict';
import { loadKinds } from '../../../templates/load.ts';
import { FAMILY_SEEDS } from '../../chaos/draw-family.ts';
import { ASKING_SEEDS } from '../../simulation/draw-asking.ts';
import { judge } from '../../simulation/run-and-check.ts';
import { drawSchedule } from '../../simulation/schedule.ts';

const from = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

describe('the simulation', () => {
  for (const seed of [...from(1, 6), ...from(FAMILY_SEEDS, 3), ...from(ASKING_SEEDS + 1, 1)])
    it(`keeps all promises with seed ${seed}`, async () => {
      const { violations } = await judge(drawSchedule(seed), await loadKinds());
      assert.deepEqual(violations, []);
    });
});
