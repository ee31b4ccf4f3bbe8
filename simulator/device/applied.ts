/** Which groups are applied where. */

import type { Statement } from '../../junos/tree.ts';
import type { Config } from './config.ts';
import { ruleOf, type Rule } from './rule.ts';

export interface Applied {
  readonly group: string;
  /** The words of the blocks around, from the outermost. */
  readonly path: readonly string[];
}

const known = new WeakMap<Statement, readonly Applied[]>();

/** Inside one block, seen from it: remembered, as most of a configuration is the same in the next one. */
function within(block: Statement, rule: Rule): readonly Applied[] {
  const found = known.get(block) ?? appliedGroups(block.children ?? [], rule);
  known.set(block, found);
  return found;
}

/** Every application of a group that is not inactive itself, in the order of the text. */
export function appliedGroups(config: Config, rule: Rule): readonly Applied[] {
  return config.flatMap((s): readonly Applied[] => {
    if (s.words[0] === 'apply-groups') {
      return s.tag === 'inactive' ? [] : (s.list ?? []).map((group) => ({ group, path: [] }));
    }
    const own = s.children && ruleOf(rule, s.words[0] ?? '');
    if (own?.form !== 'block') return [];
    return within(s, own).map(({ group, path }) => ({ group, path: [...s.words, ...path] }));
  });
}
