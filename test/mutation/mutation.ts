/** A mistake of a kind that people really make, as a replacement in one source file. */
export interface Mutation {
  /** What is wrong, for people. Unique. */
  readonly name: string;
  /** The rule of the pair that it breaks (docs/transaction.md), or the kind of mistake. */
  readonly kind: string;
  /** From the root of the checkout. */
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly find: string;
  readonly put: string;
  /** If no seed of the simulation fails by the mutation, one of these specs has to. */
  readonly specs: readonly string[];
  /** The mistake is one that the compiler reports; the specs see it all the same. Every other mutation compiles. */
  readonly isTypeError?: true;
}

/** Thrown when a mutation's text is not in its file exactly once: the list has to follow the sources. */
export class StaleMutationError extends Error {
  override readonly name = 'StaleMutationError';
  readonly mutation: string;
  readonly count: number;

  constructor(mutation: Mutation, count: number) {
    super(
      `mutation "${mutation.name}": expected its text in ${mutation.file} exactly once, found it ${count} times`,
    );
    this.mutation = mutation.name;
    this.count = count;
  }
}

/** The file's text with the mutation in it. */
export function mutated(mutation: Mutation, source: string): string {
  const parts = source.split(mutation.find);
  if (parts.length !== 2) throw new StaleMutationError(mutation, parts.length - 1);
  return parts.join(mutation.put);
}
