import type { Operation } from './operation.ts';

/** What became of one operation of a pipeline. */
export type Outcome<Result> =
  { readonly kind: 'done'; readonly value: Result } | { readonly kind: 'failed'; readonly error: unknown };

/** Outcomes of operations, place by place. */
export type Outcomes<Operations extends readonly Operation<unknown>[]> = {
  [Index in keyof Operations]: Operations[Index] extends Operation<infer Result> ? Outcome<Result> : never;
};

/** The value; or throws the error. */
export function unwrap<Result>(outcome: Outcome<Result>): Result {
  if (outcome.kind === 'failed') throw outcome.error;
  return outcome.value;
}
