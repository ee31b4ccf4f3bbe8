/** A defect of a kind that people really make, as a replacement in one source file. */
export interface Bug {
  /** What is wrong, for people. Unique. */
  readonly name: string;
  /** The rule of the pair that it breaks (docs/transaction.md), or the kind of mistake. */
  readonly kind: string;
  /** From the root of the checkout. */
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly find: string;
  readonly put: string;
  /** Specs that have to fail by it, should no seed. */
  readonly specs: readonly string[];
}

/** Thrown when a planted bug's text is not in its file exactly once: the list has to follow the sources. */
export class StaleBugError extends Error {
  override readonly name = 'StaleBugError';
  readonly bug: string;
  readonly count: number;

  constructor(bug: Bug, count: number) {
    super(
      `planted bug "${bug.name}": expected its text in ${bug.file} exactly once, found it ${count} times`,
    );
    this.bug = bug.name;
    this.count = count;
  }
}

/** The file's text with the bug in it. */
export function planted(bug: Bug, source: string): string {
  const parts = source.split(bug.find);
  if (parts.length !== 2) throw new StaleBugError(bug, parts.length - 1);
  return parts.join(bug.put);
}
