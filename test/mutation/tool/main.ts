/**
 * `FOLDER|FILE…`: mutates these files with Stryker, and tells which mutants no test notices. `--today --minutes N` takes a slice of all
 * files instead, other lines every day (UTC), as far as the time allows. The exit code is 1 if a folder misses its goal, or if a mutant of a
 * file in `READ` got by without an explanation in `explained.ts`. A slice is too small to be measured by a goal.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../local/folders.ts';
import { READ, SURVIVORS } from './explained.ts';
import type { Fate } from './reporter.ts';
import { isSurvivor, percent, scoresOf } from './score.ts';
import { piecesOf } from './slice.ts';
import { runStryker } from './stryker.ts';
import { reasonFor } from './survivors.ts';
import { filesOf, specsFor, TARGETS, targetOf } from './targets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { today: { type: 'boolean', default: false }, minutes: { type: 'string', default: '600' } },
});
const endsAt = Date.now() + Number(values.minutes) * 60_000;
/** If less time than this is left, no further file is begun. */
const SHORTEST_MS = 10_000;
const folders = TARGETS.map(({ folder }) => folder).join(', ');
const fates: Fate[] = [];

/** Resolves to false if the time was over before all mutants were tested. `lines`: the lines to mutate; empty for the whole file. */
async function mutate(file: string, lines = ''): Promise<boolean> {
  const target = targetOf(file);
  if (target === undefined) throw new Error(`expected a file of ${folders}, got ${file}`);
  const limitMs = endsAt - Date.now();
  if (limitMs < SHORTEST_MS) return false;
  const specs = await specsFor(file, target);
  const tested = await runStryker({ mutate: `${file}${lines}`, specs, limitMs });
  fates.push(...tested.fates);
  const [score] = scoresOf(tested.fates);
  const how = tested.isComplete ? '' : ' when the time was over';
  console.log(`${file}${lines}: ${score?.noticed ?? 0} of ${score?.all ?? 0} noticed${how}`);
  return tested.isComplete;
}

if (values.today) {
  const day = new Date().toISOString().slice(0, 10);
  console.log(`lines of ${day}:`);
  for (const { file, lines } of await piecesOf(day)) if (!(await mutate(file, `:${lines.join('-')}`))) break;
} else {
  if (positionals.length === 0) throw new Error(`expected folders or files of ${folders}, got none`);
  for (const path of positionals) {
    const target = TARGETS.find(({ folder }) => folder === path);
    for (const file of target === undefined ? [path] : await filesOf(target)) await mutate(file);
  }
}

let unexplained = 0;
let owed = 0;
for (const fate of fates.filter(isSurvivor)) {
  const source = await readFile(`${ROOT}${fate.file}`, 'utf8');
  const line = source.split('\n')[fate.start.line - 1] ?? '';
  if (reasonFor(fate, line, SURVIVORS) !== undefined) continue;
  unexplained += 1;
  if (READ.includes(fate.file)) owed += 1;
  console.log(`${fate.file}:${fate.start.line}: ${line.trim()}`);
  console.log(`    ${fate.mutatorName}: ${fate.replacement ?? ''}`);
}
console.log(`${unexplained} got by unexplained, ${owed} of them in files where all are to be explained`);

let missed = 0;
for (const target of TARGETS) {
  const scores = scoresOf(fates).filter(({ file }) => targetOf(file) === target);
  if (scores.length === 0) continue;
  const reached = percent(scores);
  console.log(`${target.folder}: ${reached} % of the mutants noticed, the goal is ${target.goal} %`);
  if (!values.today && reached < target.goal) missed += 1;
}
process.exitCode = missed + owed > 0 ? 1 : 0;
