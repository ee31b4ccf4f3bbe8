/** Mutants that no test notices, with the reason why none has to: they change nothing that matters, or nothing at all. */
import type { Fate } from './reporter.ts';

export interface Survivor {
  readonly file: string;
  /** The line that the mutant begins in, without the blanks around it. */
  readonly line: string;
  /** The text that replaces code of this line. Left out: any text. */
  readonly put?: string;
  readonly why: string;
}

/** Why no test has to notice a mutant; `undefined`: nobody has explained it. `line`: the line of the source that the mutant is in. */
export function reasonFor(fate: Pick<Fate, 'file' | 'replacement'>, line: string, all: readonly Survivor[]) {
  return all.find(
    (one) =>
      one.file === fate.file &&
      one.line === line.trim() &&
      (one.put === undefined || one.put === fate.replacement?.trim()),
  )?.why;
}
