import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawSchedule } from './real/schedule.ts';
import { torture } from './real/torture.ts';
import type { Chamber } from './real/torture.ts';

/** How many seeds; the first is 1. */
const SEEDS = Number(process.env['TORTURE_SEEDS'] ?? '2');

describe('whatever crashes, with real processes', function () {
  this.timeout(240_000);
  let chamber: Chamber;
  before(async () => {
    chamber = torture(await mkdtemp(join(tmpdir(), 'torture-')));
  });
  after(() => chamber.close());

  for (let seed = 1; seed <= SEEDS; seed += 1)
    it(`all nine promises are kept with seed ${seed}`, async () => {
      const { violations, report } = await chamber.run(drawSchedule(seed));
      assert.deepEqual(violations, [], `see ${report}`);
    });

  it('a seed gives the same schedule every time', () => {
    assert.deepEqual(drawSchedule(7), drawSchedule(7));
    assert.notDeepEqual(drawSchedule(7), drawSchedule(8));
  });
});
