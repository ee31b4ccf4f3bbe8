/** Seeds beyond those that were ever run begin here, on the first day. */
const NEW_SEEDS = 10_000;
const FIRST_DAY = Date.UTC(2026, 10, 1);
const DAY_MS = 24 * 3600_000;
/** So many seeds are one day's own. */
export const SEEDS_OF_A_DAY = 12;

/**
 * Seeds as people write them, with commas between: `7`, `1..300`, or `today` for the twelve that this day has and no other one (UTC).
 * Throws a `TypeError`.
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
