/**
 * `FOLDER|FILE…`: mutates these files with Stryker, and tells which mutants no test notices. `--today --minutes N`: a slice of all files for
 * this day (UTC), other lines every day, as far as the time allows. Exit code 1: a folder misses its goal, or, with `--today`, a mutant got
 * by that `survivors.ts` does not explain and that is not in a file on whose survivors nobody has worked.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../local/folders.ts';
import { SURVIVORS } from './explained.ts';
import type { Fate } from './reporter.ts';
import { isSurvivor, percent, scoresOf } from './score.ts';
import { piecesOf } from './slice.ts';
import { runStryker } from './stryker.ts';
import { reasonFor } from './survivors.ts';
import { filesOf, specsFor, TARGETS, targetOf } from './targets.ts';
import type { Target } from './targets.ts';

const HOUR_MS = 3_600_000;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { today: { type: 'boolean', default: false }, minutes: { type: 'string', default: '600' } },
});
const endsAt = Date.now() + Number(values.minutes) * 60_000;
const fates: Fate[] = [];

/** Resolves to false when the time was over before all was tested. */
async function mutate(file: string, what: string): Promise<boolean> {
  const target = targetOf(file);
  if (target === undefined) throw new Error(`expected a file of ${folders()}, got ${file}`);
  const specs = (await specsFor(file, target)).map((spec) => `test/${spec}`);
  const limitMs = Math.min(endsAt - Date.now(), HOUR_MS);
  if (limitMs < 10_000) return false;
  const tested = await runStryker({ mutate: [what], specs, limitMs });
  fates.push(...tested.fates);
  const [score] = scoresOf(tested.fates);
  console.log(
    `${what}: ${score?.noticed ?? 0} of ${score?.all ?? 0} noticed${tested.isComplete ? '' : ', not complete'}`,
  );
  return tested.isComplete;
}

function folders(): string {
  return TARGETS.map(({ folder }) => folder).join(', ');
}

if (values.today) {
  const day = new Date().toISOString().slice(0, 10);
  console.log(`the slice of ${day}`);
  for (const { file, lines } of await piecesOf(day))
    if (!(await mutate(file, `${file}:${lines.join('-')}`))) break;
} else {
  if (positionals.length === 0) throw new Error(`expected folders or files of ${folders()}, got none`);
  for (const path of positionals) {
    const target = TARGETS.find(({ folder }) => folder === path);
    for (const file of target === undefined ? [path] : await filesOf(target)) await mutate(file, file);
  }
}

const unexplained: string[] = [];
for (const fate of fates.filter(isSurvivor)) {
  const source = await readFile(`${ROOT}${fate.file}`, 'utf8');
  const line = source.split('\n')[fate.start.line - 1] ?? '';
  if (reasonFor(fate, line, SURVIVORS) === undefined)
    unexplained.push(
      `${fate.file}:${fate.start.line}: ${line.trim()}\n    ${fate.mutatorName}: ${fate.replacement}`,
    );
}
console.log(unexplained.map((text) => `  ${text}`).join('\n'));

let missed = 0;
const goalOf = (target: Target) => {
  const scores = scoresOf(fates).filter(({ file }) => targetOf(file) === target);
  if (scores.length === 0) return;
  const reached = percent(scores);
  if (!values.today && reached < target.goal) missed += 1;
  console.log(`${target.folder}: ${reached} % noticed, the goal is ${target.goal} %`);
};
for (const target of TARGETS) goalOf(target);
console.log(`${unexplained.length} got by and are not explained in test/mutation/tool/explained.ts`);
process.exitCode = missed > 0 ? 1 : 0;
