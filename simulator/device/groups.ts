/**
 * Inheritance: the configuration as it counts. A block inherits what the groups applied in it, or in a block around it,
 * hold at its place. Local statements win, nearer groups win over farther ones, earlier ones in a list over later ones;
 * `<*>` adds to blocks that exist, it creates none.
 */

import type { Statement } from '../../junos/tree.ts';
import { identity, inside, sameConfig, listOf, type Config } from './config.ts';
import { open, rankOf, ruleOf, type Rule } from './rule.ts';

export interface InheritOptions {
  /** Leave inactive statements out (default), or show them as they are. */
  readonly keepInactive?: boolean;
}

const WILD = /[*?[]/;

/** Whether a word of a group (`<ge-0/0/*>`) stands for this one. */
export function matchesWord(pattern: string, word: string): boolean {
  if (!pattern.startsWith('<') || !pattern.endsWith('>')) return pattern === word;
  if (pattern === '<*>') return true;
  const source = pattern
    .slice(1, -1)
    .replace(/[.+^${}()|\\]/g, String.raw`\$&`)
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`).test(word);
}

const isWild = (s: Statement): boolean =>
  s.words.some((w) => w.startsWith('<') && w.endsWith('>') && WILD.test(w));

/** What this level of a group holds for the block with that head, in order. */
function descend(scope: Config, head: readonly string[]): Config {
  return scope
    .filter(
      (s) =>
        s.children &&
        s.words.length === head.length &&
        s.words.every((w, i) => matchesWord(w, head[i] ?? '')),
    )
    .flatMap((s) => s.children ?? []);
}

const isApply = (s: Statement): boolean =>
  s.words[0] === 'apply-groups' || s.words[0] === 'apply-groups-except';

/** What an applied group holds at the place at hand. */
interface Scope {
  readonly group: string;
  readonly content: Config;
}

interface Place {
  readonly path: readonly (readonly string[])[];
  readonly rule: Rule;
  /** Of the groups that apply here, nearest first. */
  readonly scopes: readonly Scope[];
}

function inherited(local: Config, { rule, scopes }: Place): Config {
  if (scopes.length === 0) return local;
  const result = [...local];
  const places = new Map(result.map((s, at) => [identity(s, ruleOf(rule, s.words[0] ?? '') ?? open), at]));
  for (const s of scopes.flatMap((scope) => scope.content)) {
    const own = ruleOf(rule, s.words[0] ?? '');
    if (!own || isWild(s) || isApply(s)) continue;
    const id = identity(s, own);
    const at = places.get(id) ?? result.length;
    const found = result[at];
    if (!found) {
      places.set(id, at);
      result.push(s.children && own.form === 'block' ? { ...s, children: [] } : s);
    } else if (found.list && s.list)
      result[at] = { ...found, list: [...new Set([...found.list, ...s.list])] };
  }
  const rank = (s: Statement): number => rankOf(rule, s.words[0] ?? '');
  return result.toSorted((a, b) => rank(a) - rank(b));
}

function expand(local: Config, groups: Config, place: Place, keepInactive: boolean): Config {
  const active = keepInactive ? local : local.filter((s) => s.tag !== 'inactive');
  const except = listOf(active, 'apply-groups-except');
  const own = listOf(active, 'apply-groups').map((group) => ({
    group,
    content: place.path.reduce(descend, inside(groups, group)),
  }));
  const scopes = [...own, ...place.scopes.filter(({ group }) => !except.includes(group))];
  const statements = inherited(
    active.filter((s) => !isApply(s)),
    { ...place, scopes },
  );
  return statements.map((s) => {
    const rule = ruleOf(place.rule, s.words[0] ?? '') ?? open;
    if (rule.form !== 'block') return s;
    if (scopes.length === 0) return expandedAlone(s, groups, [...place.path, s.words], rule, keepInactive);
    const deeper = scopes.map(({ group, content }) => ({ group, content: descend(content, s.words) }));
    const inner = { path: [...place.path, s.words], rule, scopes: deeper };
    return { ...s, children: expand(s.children ?? [], groups, inner, keepInactive) };
  });
}

interface Alone {
  readonly groups: Config;
  readonly result: Statement;
}

const alone = { active: new WeakMap<Statement, Alone>(), all: new WeakMap<Statement, Alone>() };

/** A block that inherits nothing from around: the same whenever it and the groups are, so most of a configuration is done once. */
function expandedAlone(
  s: Statement,
  groups: Config,
  path: Place['path'],
  rule: Rule,
  keepInactive: boolean,
): Statement {
  const cache = keepInactive ? alone.all : alone.active;
  const known = cache.get(s);
  if (known && sameConfig(known.groups, groups)) return known.result;
  const children = expand(s.children ?? [], groups, { path, rule, scopes: [] }, keepInactive);
  const result = { ...s, children };
  cache.set(s, { groups, result });
  return result;
}

/** The configuration with everything inherited in place, without `groups` and `apply-groups`. */
export function effective(config: Config, rule: Rule, options: InheritOptions = {}): Config {
  const keep = options.keepInactive ?? false;
  const all = inside(config, 'groups');
  const groups =
    all.some((g) => g.tag === 'inactive') && !keep ? all.filter((g) => g.tag !== 'inactive') : all;
  const rest = config.filter((s) => s.words[0] !== 'groups');
  return expand(rest, groups, { path: [], rule, scopes: [] }, keep);
}
