/** Does the work for each, so many at a time, in their order. Rejects with the first error, once the work that was begun has ended. */
export async function inOrder<T>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const rest = all[Symbol.iterator]();
  const errors: unknown[] = [];
  const lane = async () => {
    for (const one of rest) {
      if (errors.length > 0) return;
      await work(one).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  if (errors.length > 0) throw errors[0];
}
