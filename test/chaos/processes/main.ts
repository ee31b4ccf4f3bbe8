/**
 * Runs chaos with real processes: `npm run chaos -- --seeds 1..300`. Exit code 1 if a promise was not kept.
 */
import { describeFault } from './faults.ts';
import { chaosOptions } from './options.ts';
import { drawSchedule } from './schedule.ts';
import { shrink } from './shrink.ts';
import { hasCome, Tally } from './tally.ts';
import { openLane, runInLanes } from './lanes.ts';
import type { Judged } from './lanes.ts';

const options = chaosOptions(process.argv.slice(2));
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const schedules = options.seeds.map(drawSchedule);
const tally = new Tally();
let failed = 0;

function tell(judged: Judged | undefined): void {
  if (judged === undefined) return;
  const { schedule, violations, report, ms, evidence } = judged;
  const { gateways } = schedule.workload;
  const word = violations.length === 0 ? 'held' : 'FAILED';
  tally.add(schedule, evidence);
  const came = schedule.faults.filter((fault) => hasCome(fault, evidence)).length;
  print(
    `seed ${schedule.seed}: ${word}, ${gateways.length} gateways, ${came} of ${schedule.faults.length} faults came, ${(ms / 1000).toFixed(1)} s`,
  );
  if (violations.length === 0) return;
  failed += 1;
  for (const { invariant, subject, expected, found } of violations)
    print(`  ${invariant}: ${subject}: expected ${expected}, found ${found}`);
  print(`  ${report ?? ''}`);
}

if (options.verbose || options.shrink) {
  const lane = openLane(options.out, options.verbose ? print : undefined);
  try {
    for (const schedule of schedules) {
      const judged = await lane.run(schedule);
      tell(judged);
      if (!options.shrink || judged.violations.length === 0) continue;
      const smallest = await shrink(
        schedule,
        async (smaller) => (await lane.run(smaller)).violations.length > 0,
      );
      print(`  it needs ${smallest.faults.length} of ${schedule.faults.length} faults:`);
      for (const fault of smallest.faults) print(`    ${describeFault(fault)}`);
    }
  } finally {
    await lane.close();
  }
} else {
  for (const [index, verdict] of runInLanes(schedules, options).verdicts.entries()) {
    await verdict.then(tell, (error: unknown) => {
      failed += 1;
      print(
        `seed ${schedules[index]?.seed}: not judged: ${error instanceof Error ? error.stack : String(error)}`,
      );
    });
  }
}
for (const line of tally.lines()) print(line);
print(`${schedules.length - failed} of ${schedules.length} seeds held`);
process.exitCode = failed === 0 ? 0 : 1;
