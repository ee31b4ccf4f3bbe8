/** Runs a target on inputs that follow from a seed. For the first input that fails, says how to repeat it. */
import { randomOf } from '../chaos/random.ts';
import { corpusOf } from './corpus.ts';
import { minimized } from './minimize.ts';
import { mutated } from './mutate.ts';
import type { Target } from './target.ts';

/** Thrown when a property does not hold. */
export class FuzzError extends Error {
  override readonly name = 'FuzzError';
  readonly input: string;

  constructor(target: string, seed: string, number: number, input: string, cause: unknown) {
    super(
      `${target}, seed ${seed}, input ${number}: ${String(cause)}\nsmallest input, for test/fuzz/corpus/${target}.json:\n${JSON.stringify(input)}`,
      { cause },
    );
    this.input = input;
  }
}

export interface Ran {
  readonly inputs: number;
  readonly ms: number;
}

/** @throws {FuzzError} at the first input for which a property does not hold. */
export async function fuzz(
  target: Target,
  { inputs, seed }: { readonly inputs: number; readonly seed: string },
): Promise<Ran> {
  const random = randomOf(`${seed}/${target.name}`);
  const others = corpusOf(target.name)
    .map(({ input }) => input)
    .filter(({ length }) => length <= 1_024);
  const from = performance.now();
  for (let number = 1; number <= inputs; number += 1) {
    const begun = others.length > 0 && random.chance(0.4) ? random.pick(others) : target.make(random);
    const input = random.chance(0.7) ? mutated(begun, random, { tokens: target.tokens, others }) : begun;
    const error = await failure(target, input);
    if (error !== undefined) {
      const smallest = await minimized(input, async (text) => (await failure(target, text)) !== undefined);
      throw new FuzzError(target.name, seed, number, smallest, (await failure(target, smallest)) ?? error);
    }
    // Lets timers and other tasks run.
    if (number % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { inputs, ms: performance.now() - from };
}

/** The error by which a property of the target fails for an input; `undefined`: all properties hold. */
export async function failure(target: Target, input: string): Promise<unknown> {
  try {
    const checked = target.check(input);
    if (checked !== undefined) await checked;
    assertUnpolluted();
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
}

/** Asserts that no name in an input has become a property of every object. */
function assertUnpolluted(): void {
  for (const key in {}) {
    delete (Object.prototype as Record<string, unknown>)[key];
    throw new Error(`Object.prototype has got ${JSON.stringify(key)}`);
  }
}
