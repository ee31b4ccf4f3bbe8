/** A workflow that does nothing but compensate. */
import { ApplicationFailure } from '@temporalio/workflow';
import { Compensation } from '../../workflows/compensation.ts';

export interface Undone {
  readonly done: readonly string[];
  /** What each of two unwinds returned. */
  readonly failed: readonly (readonly string[])[];
}

/** Registers an undo per name, in that order; a name that begins with `!` fails. */
export async function compensating(names: readonly string[]): Promise<Undone> {
  const compensation = new Compensation();
  const done: string[] = [];
  for (const name of names) {
    compensation.add(name, async () => {
      done.push(name);
      if (name.startsWith('!')) throw ApplicationFailure.nonRetryable(`${name} is stuck`);
      return Promise.resolve();
    });
  }
  return { failed: [await compensation.unwind(), await compensation.unwind()], done };
}
