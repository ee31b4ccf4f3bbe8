/** The folders that Stryker mutates, and which specs have to notice. */
import { readdir } from 'node:fs/promises';
import { ROOT } from '../../../local/folders.ts';
import { groupOf } from '../../run/groups.ts';
import { allSpecs } from '../../run/specs.ts';

export interface Target {
  readonly folder: string;
  /** Beginnings of the specs' paths below `test/`. Those of `npm run test:chaos` take too long to run for each mutant. */
  readonly specs: readonly string[];
  /** The share of mutants that should be noticed, in percent. */
  readonly goal: number;
  /** How many lines are mutated and tested in a minute, about. */
  readonly linesPerMinute: number;
}

export const TARGETS: readonly Target[] = [
  { folder: 'pair', specs: ['pair/'], goal: 85, linesPerMinute: 60 },
  { folder: 'gateway', specs: ['gateway/'], goal: 85, linesPerMinute: 60 },
  { folder: 'etcd', specs: ['etcd/'], goal: 85, linesPerMinute: 20 },
  { folder: 'activities/pair', specs: ['activities/pair/'], goal: 80, linesPerMinute: 10 },
];

export async function specsOf({ specs: starts }: Target): Promise<readonly string[]> {
  const specs = await allSpecs();
  return specs
    .filter((spec) => starts.some((start) => spec.startsWith(start)) && groupOf(spec)?.command !== 'chaos')
    .map((spec) => `test/${spec}`);
}

export async function filesOf({ folder }: Target): Promise<readonly string[]> {
  const names = await readdir(`${ROOT}${folder}`);
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}
