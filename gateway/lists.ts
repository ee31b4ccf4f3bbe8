/** Helpers for lists. */

/** The list in parts of `size` items; the last part may be shorter. */
export function partsOf<T>(all: readonly T[], size: number): readonly T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/** Each value once, in the order in which the values first come. Two values are the same if their JSON is the same. */
export function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
