/**
 * `--seeds A..B [--until-failure] [--verbose]`: prints a line of JSON for each seed that fails; exit code 1 if one did. The events of a failing seed
 * go to standard error; with `--verbose`, those of all seeds.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { openRun } from '../../../local/run.ts';
import { workflowBundle } from '../../../local/workflow-bundle.ts';
import { loadKinds } from '../../../templates/load.ts';
import { verdictOn } from '../verdict.ts';
import { run } from './run.ts';
import { drawSchedule } from './schedule.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..20' },
    'until-failure': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const [from = 1, to = from] = values.seeds.split('..').map(Number);
const folder = await openRun();
const means = {
  kinds: await loadKinds(),
  workflowBundle: { code: await readFile(await workflowBundle(), 'utf8') },
  log: `${folder.logs}/temporal-test-server.log`,
};
/**
 * Options of the runtime. The runtime ends with its last worker, so each seed has its own. Refused calls of killed workers are not logged. Standard
 * output is for results only.
 */
const RUNTIME = {
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } },
};
/** How often a run is repeated, at most, that says nothing because the server has brought a workflow to a stand. */
const MOST_RUNS = 10;

async function runOnce(seed: number) {
  for (let runs = 1; ; runs += 1) {
    Runtime.install(RUNTIME);
    const told: string[] = [];
    const tell = (line: string): void => void (values.verbose ? process.stderr.write(line) : told.push(line));
    const result = await run(drawSchedule(seed), { ...means, tell });
    if (!result.isVoid || runs === MOST_RUNS) return { ...result, told };
    process.stderr.write(`seed ${seed}: the server brought a workflow to a stand; it runs again\n`);
  }
}

const began = performance.now();
let failed = 0;
let done = 0;
for (let seed = from; seed <= to; seed += 1) {
  const { evidence, isAtRest, told } = await runOnce(seed);
  done += 1;
  const violations = verdictOn(evidence, isAtRest);
  if (violations.length === 0) continue;
  failed += 1;
  process.stderr.write(told.join(''));
  process.stdout.write(`${JSON.stringify({ seed, violations })}\n`);
  if (values['until-failure']) break;
}
await folder.close();
const ms = Math.round((performance.now() - began) / done);
process.stderr.write(`${failed} of ${done} seeds failed; ${ms} ms a seed\n`);
// Exits explicitly: the activities of killed workers, and their heartbeats, would keep the process alive.
process.exit(failed > 0 ? 1 : 0);
