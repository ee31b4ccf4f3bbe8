import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawSchedule } from './processes/schedule.ts';
import { runInLanes } from './processes/lanes.ts';
import type { LaneRuns } from './processes/lanes.ts';

/** How many seeds; the first is 1. */
const SEEDS = Number(process.env['CHAOS_SEEDS'] ?? '2');
/** A run waits most of its time: two at once are no slower. */
const LANES = 2;

describe('real processes, whatever crashes', function () {
  this.timeout(240_000);
  const schedules = Array.from({ length: SEEDS }, (_, index) => drawSchedule(index + 1));
  let all: LaneRuns;
  before(async () => {
    all = runInLanes(schedules, { lanes: LANES, out: await mkdtemp(join(tmpdir(), 'chaos-')) });
  });
  after(() => all.ended);

  for (const [index, { seed }] of schedules.entries())
    it(`none of the nine promises is broken with seed ${seed}`, async () => {
      const judged = await all.verdicts[index];
      assert.deepEqual(judged?.violations, [], `see ${judged?.report}`);
    });

  it('a seed gives the same schedule every time', () => {
    assert.deepEqual(drawSchedule(7), drawSchedule(7));
    assert.notDeepEqual(drawSchedule(7), drawSchedule(8));
  });
});
