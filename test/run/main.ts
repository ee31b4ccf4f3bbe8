/**
 * `COMMAND… [--lanes N] [--times] [--minutes M [--today]] [WORD…]`: runs the specs of the commands (`groups.ts`). If words are given, runs only the
 * specs whose path has one of them. N groups run side by side, three by default, each in a process of its own. The last lines name what failed, each
 * behind `failed: `, and count: `N passed, N failed`.
 * `--times` prints how long each spec took, slowest first. `--minutes M` begins no spec after M minutes, and names the specs that it left out. With
 * `--today` each day begins at another group, so that a slow machine leaves out other specs every day. Exit code 1 if anything failed, or nothing ran.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { COMMANDS } from './groups.ts';
import type { Command } from './groups.ts';
import { runGroup } from './run-group.ts';
import type { Results } from './reporter.ts';
import { specsOf, turnedByDay } from './specs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lanes: { type: 'string', default: '3' },
    times: { type: 'boolean', default: false },
    minutes: { type: 'string', default: 'Infinity' },
    today: { type: 'boolean', default: false },
  },
});
const isCommand = (word: string): word is Command => (COMMANDS as readonly string[]).includes(word);
const commands = positionals.filter(isCommand);
const words = positionals.filter((word) => !isCommand(word));
if (commands.length === 0) throw new TypeError(`expected one of ${COMMANDS.join(', ')}, got none`);

const began = performance.now();
const now = new Date();
const lastBegin = now.getTime() + Number(values.minutes) * 60_000;
if (Number.isNaN(lastBegin)) throw new TypeError(`--minutes: expected a number, got "${values.minutes}"`);
const folder = await mkdtemp(join(tmpdir(), 'gateway-saga-tests-'));
const seconds = (ms: number): string => (ms / 1000).toFixed(1);
const all: Results[] = [];
try {
  for (const command of commands) await run(command);
} finally {
  await rm(folder, { recursive: true });
}

const left = all.flatMap((one) => one.left);
const sum = (count: (results: Results) => number): number =>
  all.reduce((total, one) => total + count(one), 0);
const [passed, failed, skipped] = [
  sum((one) => one.passed),
  sum((one) => one.failed),
  sum((one) => one.skipped),
];
if (values.times) {
  const times = all.flatMap((results) => results.times).sort((one, other) => other.ms - one.ms);
  for (const { what, ms } of times) console.log(`${seconds(ms).padStart(7)} s  ${what}`);
}
for (const failure of all.flatMap(({ failures }) => failures)) console.log(`failed: ${failure}`);
if (left.length > 0) console.log(`no time left for ${left.length} specs: ${left.join(', ')}`);
console.log(`all of it: ${seconds(performance.now() - began)} s`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function run(command: Command): Promise<void> {
  const isWanted = (spec: string): boolean => words.length === 0 || words.some((word) => spec.includes(word));
  const groups = Array.from(await specsOf(command), ([group, specs]) => ({
    group,
    specs: specs.filter(isWanted),
  }));
  const waiting = (values.today ? turnedByDay(groups, now) : groups)
    .filter(({ specs }) => specs.length > 0)
    .values();
  const lane = async (): Promise<void> => {
    for (const { group, specs } of waiting) {
      const from = performance.now();
      const { results, output } = await runGroup(
        specs,
        join(folder, `${command} ${group.name}.json`),
        lastBegin,
      );
      const times = results.times.map(({ what, ms }) => ({
        what: what === 'loading' ? `loading the specs of "${group.name}"` : what,
        ms,
      }));
      all.push({ ...results, failures: results.failures.map((what) => `${group.name}: ${what}`), times });
      process.stdout.write(output);
      const { passed, failed, skipped } = results;
      const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
      console.log(`== ${command}: ${group.name}: ${counts}, ${seconds(performance.now() - from)} s`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
}
