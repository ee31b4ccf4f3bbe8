/**
 * `--seeds A..B,C..D [--until-failure] [--verbose] [--trace] [--shrink]`: prints a line of JSON for each seed that fails; exit code 1 if one did.
 * `--verbose` prints to standard error what happened, `--trace` every message, `--shrink` the smallest schedule that still fails.
 * At the end it says how many of the passed points were struck. `--points` lists them all.
 * `--minutes M` begins no seed after M minutes, and says how many seeds there was time for.
 * Two runs of the same seed are the same, to the last byte. `--digests` prints a digest of each run, to compare runs by; `--times N` runs each seed N times.
 */
import { parseArgs } from 'node:util';
import { loadKinds } from '../../templates/load.ts';
import { timeline } from '../chaos/timeline.ts';
import { Coverage } from './coverage.ts';
import { judge } from './run-and-check.ts';
import { describeFault } from './faults.ts';
import { drawSchedule } from './schedule.ts';
import { shrink } from './shrink.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..100' },
    'until-failure': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    points: { type: 'boolean', default: false },
    digests: { type: 'boolean', default: false },
    times: { type: 'string', default: '1' },
    minutes: { type: 'string', default: 'Infinity' },
  },
});
const kinds = await loadKinds();
const began = process.cpuUsage();
const coverage = new Coverage();
let failed = 0;
let steps = 0;
let runs = 0;
const seeds = values.seeds
  .split(',')
  .flatMap((range) => {
    const [from = 1, to = from] = range.split('..').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  })
  .flatMap((one) => Array.from({ length: Number(values.times) }, () => one));
for (const seed of seeds) {
  if (process.uptime() > Number(values.minutes) * 60) break;
  runs += 1;
  const verdict = await judge(drawSchedule(seed), kinds, values.trace);
  steps += verdict.run.steps;
  coverage.add(verdict.run);
  if (values.verbose) process.stderr.write(timeline(verdict.run.evidence, verdict.violations));
  if (values.trace) process.stderr.write(verdict.run.lines.join(''));
  if (values.digests) process.stdout.write(`${JSON.stringify({ seed, digest: verdict.run.digest })}\n`);
  if (verdict.violations.length === 0) continue;
  failed += 1;
  process.stdout.write(`${JSON.stringify({ seed, violations: verdict.violations })}\n`);
  if (values.shrink) {
    const { faults, strikes, meeting, workload, askings } = await shrink(drawSchedule(seed), kinds, verdict);
    process.stderr.write(
      [...workload.gateways, ...workload.actions, ...(workload.changes ?? []), ...askings]
        .map((one) => `${JSON.stringify(one)}\n`)
        .join('') +
        faults.map((fault) => `${describeFault(fault)}\n`).join('') +
        `${JSON.stringify({ strikes, meeting })}\n`,
    );
  }
  if (values['until-failure']) break;
}
const ms = (process.cpuUsage(began).user + process.cpuUsage(began).system) / 1_000;
const each = (total: number) => Math.round(total / Math.max(runs, 1));
if (values.points) process.stdout.write(coverage.list());
process.stderr.write(
  coverage.summary() +
    `${failed} of ${runs} seeds failed${runs < seeds.length ? `, of ${seeds.length} asked for` : ''}; ${each(ms)} ms of CPU and ${each(steps)} steps a seed\n`,
);
process.exitCode = failed > 0 ? 1 : 0;
