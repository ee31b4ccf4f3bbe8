import { fuzz } from './run.ts';
import { TARGETS } from './targets/index.ts';

/** How many inputs all targets get together. `main.ts` runs any number. */
const inputs = 300_000;
const shares = TARGETS.reduce((sum, { share }) => sum + share, 0);

describe('whatever comes from outside', function () {
  this.timeout(120_000);

  for (const target of TARGETS) {
    it(`as input of ${target.name} breaks no promise, made up and mutated`, async () => {
      await fuzz(target, { inputs: Math.ceil((inputs * target.share) / shares), seed: 'spec' });
    });
  }
});
