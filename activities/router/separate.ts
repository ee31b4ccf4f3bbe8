/**
 * Which of many a router takes together. One that it refuses is found by what the refusal names, or else by halving, so that
 * one among 64 costs seven checks more; the others don't notice.
 */

export type LoadResult<T> =
  | { readonly kind: 'good' }
  /** The refusal names these. */
  | { readonly kind: 'bad'; readonly culprits: ReadonlyMap<T, Error> }
  /** It names nobody. */
  | { readonly kind: 'unclear'; readonly error: Error };

export interface Separated<T> {
  /** Tried together last, and good. */
  readonly good: readonly T[];
  readonly bad: ReadonlyMap<T, Error>;
}

export async function separate<T>(
  items: readonly T[],
  tryOut: (items: readonly T[]) => Promise<LoadResult<T>>,
): Promise<Separated<T>> {
  const bad = new Map<T, Error>();
  let left = items;
  let halved = false;
  while (left.length > 0) {
    const trial = await tryOut(left);
    if (trial.kind === 'good') break;
    // A router whose own configuration fails would make everybody look guilty, one after the other.
    const own = halved && trial.kind === 'unclear' ? await tryOut([]) : trial;
    if (halved && own.kind === 'unclear') {
      return { good: [], bad: new Map(items.map((item) => [item, bad.get(item) ?? own.error])) };
    }
    halved ||= trial.kind === 'unclear';
    const culprits = trial.kind === 'bad' ? trial.culprits : await halve(left, trial.error, tryOut);
    for (const [item, error] of culprits) bad.set(item, error);
    left = left.filter((item) => !bad.has(item));
  }
  return { good: left, bad };
}

/** What is tried together fails, and says nothing of whom: finds at least one that it fails by. */
async function halve<T>(
  items: readonly T[],
  failure: Error,
  tryOut: (items: readonly T[]) => Promise<LoadResult<T>>,
): Promise<ReadonlyMap<T, Error>> {
  let good: readonly T[] = [];
  let suspects = items;
  let error = failure;
  while (suspects.length > 1) {
    const half = suspects.slice(0, Math.ceil(suspects.length / 2));
    const trial = await tryOut([...good, ...half]);
    if (trial.kind === 'bad') return trial.culprits;
    if (trial.kind === 'good') {
      good = [...good, ...half];
      suspects = suspects.slice(half.length);
    } else {
      suspects = half;
      error = trial.error;
    }
  }
  return new Map(suspects.map((item) => [item, error]));
}
