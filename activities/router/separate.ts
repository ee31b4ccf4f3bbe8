/**
 * Finds the changes that a router refuses. A router usually accepts a whole batch at once. A refused change is found by the path that the refusal
 * names, or else by halving the batch: to find one among 64 takes seven more checks.
 */
import type { LoadResult } from './judge.ts';

export interface Separated<T> {
  /** The items that were loaded together last, and were accepted. */
  readonly accepted: readonly T[];
  readonly refused: ReadonlyMap<T, Error>;
}

/** Finds the items that a router accepts together. `load` puts its items, and nothing else, into the candidate. */
export async function separate<T>(
  items: readonly T[],
  load: (items: readonly T[]) => Promise<LoadResult<T>>,
): Promise<Separated<T>> {
  const refused = new Map<T, Error>();
  let left = items;
  let halved = false;
  while (left.length > 0) {
    const result = await load(left);
    if (result.kind === 'accepted') break;
    // If the configuration that stands on the router fails the check by itself, halving would blame every item, one after the other. So
    // before a batch is halved a second time, the empty candidate is checked.
    const empty = halved && result.kind === 'unclear' ? await load([]) : result;
    if (halved && empty.kind === 'unclear') {
      return {
        accepted: [],
        refused: new Map(items.map((item) => [item, refused.get(item) ?? empty.error])),
      };
    }
    halved ||= result.kind === 'unclear';
    const culprits = result.kind === 'refused' ? result.culprits : await halve(left, result.error, load);
    for (const [item, error] of culprits) refused.set(item, error);
    left = left.filter((item) => !refused.has(item));
  }
  return { accepted: left, refused };
}

/** Finds at least one item that makes the load fail, after the router has refused these items together without naming any of them. */
async function halve<T>(
  items: readonly T[],
  failure: Error,
  load: (items: readonly T[]) => Promise<LoadResult<T>>,
): Promise<ReadonlyMap<T, Error>> {
  let accepted: readonly T[] = [];
  let suspects = items;
  let error = failure;
  while (suspects.length > 1) {
    const half = suspects.slice(0, Math.ceil(suspects.length / 2));
    const result = await load([...accepted, ...half]);
    if (result.kind === 'refused') return result.culprits;
    if (result.kind === 'accepted') {
      accepted = [...accepted, ...half];
      suspects = suspects.slice(half.length);
    } else {
      suspects = half;
      error = result.error;
    }
  }
  return new Map(suspects.map((item) => [item, error]));
}
