import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawSchedule } from './processes/schedule.ts';
import { seedsOf } from './processes/seeds.ts';
import { runInLanes } from './processes/lanes.ts';
import type { LaneRuns } from './processes/lanes.ts';
import { LAST_BEGIN } from '../run/reporter.ts';

/** Which seeds: the first two, unless the environment says more. `today` are twelve that no other day has. */
const SEEDS = seedsOf(process.env['CHAOS_SEEDS'] ?? '1..2', new Date());
/** A run waits most of its time: two at once are no slower. */
const LANES = 2;

describe('real processes, whatever crashes', function () {
  this.timeout(240_000);
  const schedules = SEEDS.map(drawSchedule);
  let all: LaneRuns;
  before(async () => {
    console.log(`seeds of real processes: ${SEEDS.join(', ')}`);
    const lastBegin = Number(process.env[LAST_BEGIN] ?? Infinity);
    all = runInLanes(schedules, {
      lanes: LANES,
      out: await mkdtemp(join(tmpdir(), 'chaos-')),
      lastBegin,
    });
  });
  after(() => all.ended);

  for (const [index, { seed }] of schedules.entries())
    it(`none of the nine promises is broken with seed ${seed}`, async function () {
      const judged = await all.verdicts[index];
      if (judged === undefined) this.skip();
      assert.deepEqual(judged.violations, [], `see ${judged.report}`);
    });

  it('a seed gives the same schedule every time', () => {
    assert.deepEqual(drawSchedule(7), drawSchedule(7));
    assert.notDeepEqual(drawSchedule(7), drawSchedule(8));
  });
});
