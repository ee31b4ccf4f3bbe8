import { readdir } from 'node:fs/promises';
import { ROOT } from '../../local/folders.ts';
import { GROUPS, groupOf } from './groups.ts';
import type { Command, Group } from './groups.ts';

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
