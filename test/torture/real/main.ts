/**
 * The torture chamber with real processes: `npm run torture -- --seeds 1..300`. Exit code 1 when a promise was not kept.
 */
import { describeFault } from './faults.ts';
import { tortureOptions } from './options.ts';
import { drawSchedule } from './schedule.ts';
import { shrink } from './shrink.ts';
import { torture } from './torture.ts';

const options = tortureOptions(process.argv.slice(2));
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const chamber = torture(options.out, options.verbose ? print : undefined);
let failed = 0;
try {
  for (const seed of options.seeds) {
    const schedule = drawSchedule(seed);
    const verdict = await chamber.run(schedule);
    print(
      `seed ${seed}: ${verdict.violations.length === 0 ? 'held' : 'FAILED'}, ${schedule.workload.gateways.length} gateways, ${schedule.faults.length} faults, ${(verdict.ms / 1000).toFixed(1)} s`,
    );
    if (verdict.violations.length === 0) continue;
    failed += 1;
    for (const { invariant, subject, expected, found } of verdict.violations)
      print(`  ${invariant}: ${subject}: expected ${expected}, found ${found}`);
    print(`  ${verdict.report ?? ''}`);
    if (!options.shrink) continue;
    const smallest = await shrink(
      schedule,
      async (smaller) => (await chamber.run(smaller)).violations.length > 0,
    );
    print(`  it needs ${smallest.faults.length} of ${schedule.faults.length} faults:`);
    for (const fault of smallest.faults) print(`    ${describeFault(fault)}`);
  }
} finally {
  await chamber.close();
}
print(`${options.seeds.length - failed} of ${options.seeds.length} seeds held`);
process.exitCode = failed === 0 ? 0 : 1;
