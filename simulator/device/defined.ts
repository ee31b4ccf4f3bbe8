/** What a configuration defines that others may refer to. */

import { blocksOf, inside, type Config } from './config.ts';

type Names = ReadonlySet<string | undefined>;

export interface Defined {
  /** Firewall filters of a family. */
  filters(family: string): Names;
  readonly policers: Names;
  readonly policies: Names;
  readonly prefixLists: Names;
  /** Logical interfaces: `ae0.1025`. */
  readonly units: Names;
}

const namesOf = (config: Config, keyword: string): Names =>
  new Set(blocksOf(config, keyword).map((b) => b.words[1]));

/** Of an effective configuration. */
export function definedIn(config: Config): Defined {
  const firewall = inside(config, 'firewall');
  const options = inside(config, 'policy-options');
  const withoutFamily = namesOf(firewall, 'filter');
  const filters = new Map<string, Names>();
  return {
    filters(family) {
      const own = filters.get(family) ?? namesOf(inside(firewall, `family ${family}`), 'filter');
      filters.set(family, own);
      return family === 'inet' && withoutFamily.size > 0 ? new Set([...own, ...withoutFamily]) : own;
    },
    policers: namesOf(firewall, 'policer'),
    policies: namesOf(options, 'policy-statement'),
    prefixLists: namesOf(options, 'prefix-list'),
    units: new Set(
      inside(config, 'interfaces').flatMap((port) =>
        blocksOf(port.children ?? [], 'unit').map((unit) => `${port.words[0] ?? ''}.${unit.words[1] ?? ''}`),
      ),
    ),
  };
}
