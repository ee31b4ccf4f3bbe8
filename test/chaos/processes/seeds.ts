/** The first seed of the first day. It lies beyond all seeds that were ever run before. */
const NEW_SEEDS = 10_000;
const FIRST_DAY = Date.UTC(2026, 10, 1);
const DAY_MS = 24 * 3600_000;
/** How many seeds belong to one day alone. */
export const SEEDS_OF_A_DAY = 12;

/**
 * Reads seeds as people write them, separated by commas: `7`, `1..300`, or `today` for the twelve seeds that belong to this day alone (UTC). Throws a
 * `TypeError` for anything else.
 */
export function seedsOf(text: string, now: Date): readonly number[] {
  const seeds = text.split(',').flatMap((part) => {
    if (part === 'today') return seedsOfDay(now);
    const range = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(part);
    const from = Number(range?.[1]);
    const to = Number(range?.[2] ?? range?.[1]);
    if (!(from <= to)) throw new TypeError(`seeds: expected A..B, a number or today, got "${part}"`);
    return rangeOf(from, to - from + 1);
  });
  return [...new Set(seeds)];
}

function seedsOfDay(now: Date): readonly number[] {
  const day = Math.floor((now.getTime() - FIRST_DAY) / DAY_MS);
  return rangeOf(NEW_SEEDS + day * SEEDS_OF_A_DAY, SEEDS_OF_A_DAY);
}

function rangeOf(from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
