/** What became of one operation of a pipeline. */
export type Outcome<Result> =
  { readonly kind: 'done'; readonly value: Result } | { readonly kind: 'failed'; readonly error: unknown };

/** The value; or throws the error. */
export function unwrap<Result>(outcome: Outcome<Result>): Result {
  if (outcome.kind === 'failed') throw outcome.error;
  return outcome.value;
}
