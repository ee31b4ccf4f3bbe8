/** Counts what became of mutants, file by file. */
import type { Fate } from './reporter.ts';

export interface Score {
  readonly file: string;
  /** How many mutants a test noticed, by failing or by not coming to an end. */
  readonly noticed: number;
  /** How many mutants were noticed or got by. Mutants that can't even be loaded don't count. */
  readonly all: number;
}

export function isNoticed({ status }: Pick<Fate, 'status'>): boolean {
  return status === 'Killed' || status === 'Timeout';
}

/** Whether a mutant got by: a test reached it and passed, or no test reached it. */
export function isSurvivor({ status }: Pick<Fate, 'status'>): boolean {
  return status === 'Survived' || status === 'NoCoverage';
}

export function scoresOf(fates: readonly Fate[]): readonly Score[] {
  const files = [...new Set(fates.map(({ file }) => file))].sort();
  return files.map((file) => {
    const own = fates.filter((fate) => fate.file === file);
    const noticed = own.filter(isNoticed).length;
    return { file, noticed, all: noticed + own.filter(isSurvivor).length };
  });
}

/** In percent, one digit behind the point; 100 if there is nothing to notice. */
export function percent(scores: readonly Omit<Score, 'file'>[]): number {
  const sum = (count: (score: Omit<Score, 'file'>) => number) =>
    scores.reduce((total, score) => total + count(score), 0);
  const all = sum((score) => score.all);
  return all === 0 ? 100 : Math.round((1_000 * sum((score) => score.noticed)) / all) / 10;
}
