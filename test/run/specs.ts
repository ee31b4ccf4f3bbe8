import { readdir } from 'node:fs/promises';
import { ROOT } from '../../local/folders.ts';
import { GROUPS, groupOf } from './groups.ts';
import type { Command, Group } from './groups.ts';

const DAY_MS = 86_400_000;
/** The golden ratio's fraction: its multiples, cut to below 1, spread evenly. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Paths of all specs below `test/`, in order. */
export async function allSpecs(): Promise<string[]> {
  const names = await readdir(`${ROOT}test`, { recursive: true });
  return names.filter((name) => name.endsWith('.test.ts')).sort();
}

/** The groups of a command with the specs that each runs. */
export async function specsOf(command: Command): Promise<Map<Group, readonly string[]>> {
  const specs = await allSpecs();
  const groups = GROUPS.filter((group) => group.command === command);
  return new Map(groups.map((group) => [group, specs.filter((spec) => groupOf(spec) === group)]));
}

/** The list, begun at another place each day (UTC), far from yesterday's. So what there is no time for differs from day to day. */
export function turnedByDay<T>(list: readonly T[], now: Date): readonly T[] {
  const day = Math.floor(now.getTime() / DAY_MS);
  const begin = Math.floor(((day * GOLDEN) % 1) * list.length);
  return [...list.slice(begin), ...list.slice(0, begin)];
}
