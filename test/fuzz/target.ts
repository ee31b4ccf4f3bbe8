/** What is fuzzed: how inputs are made, and what must hold for each. */
import assert from 'node:assert/strict';
import type { Random } from '../chaos/random.ts';

export interface Target {
  readonly name: string;
  /** How many of all inputs this target gets, relative to the other targets. Quick targets get more. */
  readonly share: number;
  /** An input by the grammar, good or nearly so. */
  readonly make: (random: Random) => string;
  /** Pieces with a meaning for this target, for mutations. */
  readonly tokens: readonly string[];
  /** Throws when something does not hold that must hold for every input. Depends on the input alone, so that the input is enough to repeat a failure. */
  readonly check: (input: string) => void | Promise<void>;
  /** Inputs of about a given size whose work might grow too fast: it must grow with the size, not with its square. */
  readonly growing: readonly ((size: number) => string)[];
}

/** Longest message that an error may have: it goes into histories, records and logs. */
export const longestMessage = 2_000;

type ErrorClass = abstract new (...args: never[]) => Error;

/** The result of `act`; `undefined` if it throws a declared error with a bounded and printable message. Any other error is a finding. */
export function attempt<T>(declared: readonly ErrorClass[], act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    assertDeclared(error, declared);
    return undefined;
  }
}

export function assertDeclared(error: unknown, declared: readonly ErrorClass[]): asserts error is Error {
  if (!(error instanceof Error) || !declared.some((type) => error instanceof type)) throw error;
  assertShown(error.message);
}

/** What people read is short, and one line of characters that a terminal does not obey. */
export function assertShown(text: string, longest = longestMessage): void {
  assert.ok(text.length <= longest, `a message of ${text.length} characters: ${text.slice(0, 100)}…`);
  const control = /\p{Cc}/u.exec(text);
  assert.ok(control === null, `a control character in a message: ${JSON.stringify(text.slice(0, 200))}`);
}

/** Deep equality. The check is quick if the values are equal, which they are in all cases but a finding. */
export function assertSame(actual: unknown, expected: unknown, message?: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) assert.deepEqual(actual, expected, message);
}

/** Repeats a piece until the text has about this size. */
export const repeated = (piece: string, size: number): string =>
  piece.repeat(Math.max(1, Math.round(size / piece.length)));

/** A list of up to `most` things. */
export function several<T>(random: Random, most: number, make: () => T): T[] {
  return Array.from({ length: random.whole(0, most) }, make);
}
