/** Mutants that no test notices, with the reason why none has to: they change nothing that matters, or nothing at all. */
import type { Fate } from './reporter.ts';

export interface Survivor {
  readonly file: string;
  /** The line that the mutant begins in, without the blanks around it. */
  readonly line: string;
  /** What is put there; left out: whatever is put in this line. */
  readonly put?: string;
  readonly why: string;
}

/** The reason for a mutant that was not noticed; `undefined`: nobody has explained it. `line`: that of the source. */
export function reasonFor(fate: Pick<Fate, 'file' | 'replacement'>, line: string, all: readonly Survivor[]) {
  return all.find(
    (one) =>
      one.file === fate.file &&
      one.line === line.trim() &&
      (one.put === undefined || one.put === fate.replacement?.trim()),
  )?.why;
}
