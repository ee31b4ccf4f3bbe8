/** Moving a statement among its siblings, and asking for one by its path: both by a chain, a statement with one child at each level. */

import type { Statement } from '../../junos/tree.ts';
import { indexOf, type Config } from './config.ts';
import { ruleOf, type Rule } from './rule.ts';

export type Side = 'before' | 'after';

/** What stands at the end of a chain, if it is there; a list only with the values named. */
export function reach(config: Config, chain: Statement, parent: Rule): Statement | undefined {
  const rule = ruleOf(parent, chain.words[0] ?? '');
  const found = config[indexOf(config, chain, parent)];
  const next = chain.children?.[0];
  if (rule && found && next) return reach(found.children ?? [], next, rule);
  if (found && rule?.form === 'leaf' && chain.words.length > 1 && chain.words[1] !== found.words[1])
    return undefined;
  return found && (chain.list ?? []).every((value) => found.list?.includes(value)) ? found : undefined;
}

/**
 * Puts what is at the end of the chain before or after its sibling `reference` (the words of its head; for values of a
 * list, the other value). Undefined when one of them is not there.
 */
export function insert(
  config: Config,
  chain: Statement,
  side: Side,
  reference: readonly string[],
  parent: Rule,
): Config | undefined {
  const rule = ruleOf(parent, chain.words[0] ?? '');
  const at = indexOf(config, chain, parent);
  const found = config[at];
  if (!rule || !found) return undefined;
  const next = chain.children?.[0];
  if (next) {
    const children = insert(found.children ?? [], next, side, reference, rule);
    return children && config.with(at, { ...found, children });
  }
  if (found.list && chain.list) {
    const list = moved(
      found.list,
      found.list.indexOf(chain.list[0] ?? ''),
      found.list.indexOf(reference[0] ?? ''),
      side,
    );
    return list && config.with(at, { ...found, list });
  }
  const wanted = reference.join('\0');
  return moved(
    config,
    at,
    config.findIndex((s) => s.words.join('\0') === wanted),
    side,
  );
}

function moved<T>(all: readonly T[], from: number, to: number, side: Side): readonly T[] | undefined {
  const item = all[from];
  if (item === undefined || from === to || to < 0) return undefined;
  const rest = all.toSpliced(from, 1);
  const place = to > from ? to - 1 : to;
  return rest.toSpliced(side === 'before' ? place : place + 1, 0, item);
}
