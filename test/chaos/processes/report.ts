/** Writes a failing run into a folder for a person: what was to happen, what happened, what is wrong. */
import { mkdir, writeFile } from 'node:fs/promises';
import { timeline } from '../timeline.ts';
import type { Line } from '../timeline.ts';
import { describeFault } from './faults.ts';
import type { Told, Verdict } from './run-schedule.ts';

/** Resolves to the folder's path. */
export async function writeReport(
  folder: string,
  { schedule, evidence, violations, told }: Verdict,
): Promise<string> {
  const path = `${folder}/seed-${schedule.seed}`;
  await mkdir(`${path}/texts`, { recursive: true });
  const { texts, ...rest } = evidence;
  await Promise.all([
    writeFile(`${path}/violations.json`, json(violations)),
    writeFile(`${path}/timeline.txt`, timeline(evidence, violations, whatPeopleDid(told))),
    writeFile(`${path}/schedule.json`, json(schedule)),
    writeFile(`${path}/schedule.txt`, `${schedule.faults.map(describeFault).join('\n')}\n`),
    writeFile(`${path}/evidence.json`, json({ ...rest, texts: texts.map(({ name }) => name) })),
    writeFile(
      `${path}/harness.log`,
      told.map(({ at, line }) => `${new Date(at).toISOString()} ${line}\n`).join(''),
    ),
    ...texts.map(({ name, text }) =>
      writeFile(`${path}/texts/${name.replaceAll(/[^\w.-]/g, '_')}.txt`, text),
    ),
  ]);
  return path;
}

/** What people did, and what became of it. The faults are in the evidence already. */
function whatPeopleDid(told: readonly Told[]): readonly Line[] {
  return told.flatMap(({ at, line }) => {
    const [, who, what] = /^(people|chaos): (.*)$/s.exec(line) ?? [];
    return who === undefined || what === undefined ? [] : [{ at, who, what }];
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
