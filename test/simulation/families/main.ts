/**
 * `--seeds A..B [--until-failure] [--trace] [--counts]`: takes families of gateways through series of batches. Prints a line of JSON for each seed that
 * fails; exit code 1 if one did. `--trace` prints to standard error what happened, `--counts` prints how often each kind of thing came about.
 */
import { parseArgs } from 'node:util';
import { loadKinds } from '../../../templates/load.ts';
import { runFamily } from './run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..100' },
    'until-failure': { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    counts: { type: 'boolean', default: false },
  },
});
const [from = 1, to = from] = values.seeds.split('..').map(Number);
const kinds = await loadKinds();
const counts = new Map<string, number>();
let failed = 0;
for (let seed = from; seed <= to; seed += 1) {
  const run = await runFamily(seed, kinds);
  for (const [what, count] of run.counts) counts.set(what, (counts.get(what) ?? 0) + count);
  if (values.trace) process.stderr.write(run.lines.join(''));
  if (run.problems.length === 0) continue;
  failed += 1;
  process.stdout.write(`${JSON.stringify({ seed, problems: run.problems })}\n`);
  if (values['until-failure']) break;
}
if (values.counts)
  for (const [what, count] of [...counts].sort(([one], [other]) => (one < other ? -1 : 1)))
    process.stdout.write(`${count} ${what}\n`);
process.stderr.write(`${failed} seeds failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
