/**
 * Finds the changes that a router refuses. A router usually accepts a whole batch at once. A refused change is found by the path that the refusal
 * names, or else by halving the batch: to find one among 64 takes seven more checks. To find many takes longer than an attempt may last, so the time for it
 * is limited.
 */
import { FAILURES } from '../../gateway/failures.ts';
import { RefusedError } from '../refused.ts';
import type { LoadResult } from './judge.ts';

export interface Separated<T> {
  /** The items that were loaded together last, and were accepted. */
  readonly accepted: readonly T[];
  readonly refused: ReadonlyMap<T, Error>;
  /** Items that the time was too short for: the router refused them together, and some of them may be right. If there are any, some items are refused. */
  readonly untried: readonly T[];
}

/** Whether the time for finding what a router refuses is over. */
export type IsOver = () => boolean;

/** The time begins with this call. `now`: a clock that nobody sets, in ms. */
export function overAfter(ms: number, now: () => number = () => performance.now()): IsOver {
  const until = now() + ms;
  return () => now() >= until;
}

/**
 * Finds the items that a router accepts together. `load` puts its items, and nothing else, into the candidate. Once the time is over, one last load follows. If
 * nothing was found until then, all that is suspected is refused: otherwise the next attempt would be the same, and would end in the same way.
 */
export async function separate<T>(
  items: readonly T[],
  load: (items: readonly T[]) => Promise<LoadResult<T>>,
  isOver: IsOver,
): Promise<Separated<T>> {
  const refused = new Map<T, Error>();
  let left = items;
  let good: readonly T[] = [];
  let halved = false;
  for (let round = 1; left.length > 0; round += 1) {
    const isLast = round > 1 && isOver();
    // In the second round, there may have been only one item to find.
    const some = isLast && round > 2 ? good : left;
    if (some.length === 0) break;
    const result = await load(some);
    if (result.kind === 'accepted')
      return { accepted: some, refused, untried: left.filter((item) => !some.includes(item)) };
    if (isLast) break;
    // If the configuration that stands on the router fails the check by itself, halving would blame every item, one after the other. So
    // before a batch is halved a second time, the empty candidate is checked.
    const empty = halved && result.kind === 'unclear' && !isOver() ? await load([]) : undefined;
    if (empty?.kind === 'unclear') {
      const { error } = empty;
      return {
        accepted: [],
        refused: new Map(items.map((item) => [item, refused.get(item) ?? error])),
        untried: [],
      };
    }
    halved ||= result.kind === 'unclear';
    const found: Found<T> =
      result.kind === 'refused' ? result : await halve(left, result.error, load, isOver);
    if (found.kind === 'refused' || refused.size === 0)
      for (const [item, error] of found.culprits) refused.set(item, error);
    left = left.filter((item) => !refused.has(item));
    const { good: anew = [] } = found;
    good = (anew.length > good.length ? anew : good).filter((item) => !refused.has(item));
  }
  return { accepted: [], refused, untried: left };
}

interface Found<T> {
  /** `suspected`: the time was too short to find which of these the router refuses. */
  readonly kind: 'refused' | 'suspected';
  /** At least one item. */
  readonly culprits: ReadonlyMap<T, Error>;
  /** Items that were accepted together. Absent: none were loaded. */
  readonly good?: readonly T[];
}

/** Finds at least one item that makes the load fail, after the router has refused these items together without naming any of them. */
async function halve<T>(
  items: readonly T[],
  failure: Error,
  load: (items: readonly T[]) => Promise<LoadResult<T>>,
  isOver: IsOver,
): Promise<Found<T>> {
  let good: readonly T[] = [];
  let suspects = items;
  let error = failure;
  while (suspects.length > 1) {
    if (isOver()) {
      const why = suspected(suspects.length, error);
      return { kind: 'suspected', culprits: new Map(suspects.map((item) => [item, why])), good };
    }
    const half = suspects.slice(0, Math.ceil(suspects.length / 2));
    const result = await load([...good, ...half]);
    if (result.kind === 'refused') return { ...result, good };
    if (result.kind === 'accepted') {
      good = [...good, ...half];
      suspects = suspects.slice(half.length);
    } else {
      suspects = half;
      error = result.error;
    }
  }
  return { kind: 'refused', culprits: new Map(suspects.map((item) => [item, error])), good };
}

function suspected(count: number, error: Error): RefusedError {
  const type = error instanceof RefusedError ? error.type : FAILURES.RouterRefused;
  const why = `refused together with ${count - 1} others; the router did not name which, and the time for finding out was over`;
  return new RefusedError(type, `${why}: ${error.message}`, { cause: error });
}
