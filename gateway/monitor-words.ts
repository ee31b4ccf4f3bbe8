/** The words of monitors, whose order is that of their rules in the kind. */
import type { MonitorWords } from './records.ts';

/** The words of both routers together, in the kind's order. */
export function mergedWords(primary: MonitorWords, secondary: MonitorWords): MonitorWords {
  const all = { ...secondary, ...primary };
  const names = inKindOrder(Object.keys(primary), Object.keys(secondary));
  return Object.fromEntries(names.map((name) => [name, all[name] ?? '']));
}

/**
 * The names of both routers in the kind's order, each once. What only one of them has stands between the names that both have, the primary's
 * before the secondary's.
 */
export function inKindOrder(primary: readonly string[], secondary: readonly string[]): readonly string[] {
  const merged: string[] = [];
  let left = secondary;
  for (const name of primary) {
    const common = left.indexOf(name);
    merged.push(...left.slice(0, Math.max(common, 0)), name);
    left = left.slice(common + 1);
  }
  return [...merged, ...left];
}
