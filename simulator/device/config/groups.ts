/**
 * Inheritance. A block inherits the statements that applied groups contain at its place: groups applied in the block
 * itself or in a block around it. Local statements win over inherited ones, nearer groups over farther ones, earlier
 * groups of a list over later ones. `<*>` adds to blocks that exist and creates none. Nothing inactive is inherited.
 */

import type { Statement } from '../../../junos/tree.ts';
import { identity, inside, listOf, sameConfig, type Config } from './config.ts';
import { opaque, rankOf, ruleOf, type Rule } from './rule.ts';

export interface InheritOptions {
  /** Whether the configuration's own inactive statements stay as they are. Default false: they are left out. */
  readonly keepInactive?: boolean;
}

/** The configuration with all inherited statements in their places, without `groups` and `apply-groups`. */
export function effective(config: Config, rule: Rule, options: InheritOptions = {}): Config {
  const keep = options.keepInactive ?? false;
  const groups = activeOf(inside(activeOf(config), 'groups'));
  const rest = config.filter((s) => s.words[0] !== 'groups');
  return expand(rest, groups, { path: [], rule, scopes: [] }, keep);
}

/** The content of an applied group at the place of a block. */
interface Scope {
  readonly group: string;
  readonly content: Config;
}

interface Place {
  readonly path: readonly (readonly string[])[];
  readonly rule: Rule;
  /** Of the groups that apply to this block, nearest first. */
  readonly scopes: readonly Scope[];
}

function expand(local: Config, groups: Config, place: Place, keepInactive: boolean): Config {
  const active = activeOf(local);
  const except = listOf(active, 'apply-groups-except');
  const own = listOf(active, 'apply-groups').map((group) => ({
    group,
    content: place.path.reduce(descend, inside(groups, group)),
  }));
  const scopes = [...own, ...place.scopes.filter(({ group }) => !except.includes(group))];
  const statements = withInherited(
    (keepInactive ? local : active).filter((s) => !isApply(s)),
    { ...place, scopes },
  );
  return statements.map((s) => {
    const rule = ruleOf(place.rule, s.words[0] ?? '') ?? opaque;
    if (rule.form !== 'block') return s;
    if (scopes.length === 0) return expandAlone(s, groups, [...place.path, s.words], rule, keepInactive);
    const deeper = scopes.map(({ group, content }) => ({ group, content: descend(content, s.words) }));
    const inner = { path: [...place.path, s.words], rule, scopes: deeper };
    return { ...s, children: expand(s.children ?? [], groups, inner, keepInactive) };
  });
}

interface Expanded {
  readonly groups: Config;
  readonly result: Statement;
}

const expanded = { active: new WeakMap<Statement, Expanded>(), all: new WeakMap<Statement, Expanded>() };

/**
 * Expands a block that inherits nothing from the blocks around it. The result depends on the block and the groups alone. The
 * result is remembered, since most blocks of a configuration are the same in the next configuration.
 */
function expandAlone(
  s: Statement,
  groups: Config,
  path: Place['path'],
  rule: Rule,
  keepInactive: boolean,
): Statement {
  const cache = keepInactive ? expanded.all : expanded.active;
  const known = cache.get(s);
  if (known && sameConfig(known.groups, groups)) return known.result;
  const children = expand(s.children ?? [], groups, { path, rule, scopes: [] }, keepInactive);
  const result = { ...s, children };
  cache.set(s, { groups, result });
  return result;
}

function withInherited(local: Config, { rule, scopes }: Place): Config {
  if (scopes.length === 0) return local;
  const result = [...local];
  const indexes = new Map(result.map((s, at) => [identity(s, ruleOf(rule, s.words[0] ?? '') ?? opaque), at]));
  for (const s of activeOf(scopes.flatMap((scope) => scope.content))) {
    const own = ruleOf(rule, s.words[0] ?? '');
    if (!own || hasWildcard(s) || isApply(s)) continue;
    const id = identity(s, own);
    const at = indexes.get(id) ?? result.length;
    const found = result[at];
    if (!found) {
      indexes.set(id, at);
      result.push(s.children && own.form === 'block' ? { ...s, children: [] } : s);
    } else if (found.list && s.list)
      result[at] = { ...found, list: [...new Set([...found.list, ...s.list])] };
  }
  const rank = (s: Statement): number => rankOf(rule, s.words[0] ?? '');
  return result.toSorted((a, b) => rank(a) - rank(b));
}

/** What one level of a group contains for the block with this head, in order. */
function descend(scope: Config, head: readonly string[]): Config {
  return activeOf(scope)
    .filter(
      (s) =>
        s.children &&
        s.words.length === head.length &&
        s.words.every((w, i) => matchesWord(w, head[i] ?? '')),
    )
    .flatMap((s) => s.children ?? []);
}

/** The same configuration if nothing directly in it is inactive, so that it is quick to compare. */
function activeOf(config: Config): Config {
  return config.some((s) => s.tag === 'inactive') ? config.filter((s) => s.tag !== 'inactive') : config;
}

function isApply(s: Statement): boolean {
  return s.words[0] === 'apply-groups' || s.words[0] === 'apply-groups-except';
}

const WILDCARD = /[*?[]/;

function hasWildcard(s: Statement): boolean {
  return s.words.some((w) => w.startsWith('<') && w.endsWith('>') && WILDCARD.test(w));
}

/** Whether a word of a group, which may be a pattern (`<ge-0/0/*>`), matches a word of a head. */
function matchesWord(pattern: string, word: string): boolean {
  if (!pattern.startsWith('<') || !pattern.endsWith('>')) return pattern === word;
  if (pattern === '<*>') return true;
  const source = pattern
    .slice(1, -1)
    .replace(/[.+^${}()|\\]/g, String.raw`\$&`)
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`).test(word);
}

export interface GroupApplication {
  readonly group: string;
  /** The words of the blocks around the `apply-groups` statement, from the outermost block. */
  readonly path: readonly string[];
}

const applications = new WeakMap<Statement, readonly GroupApplication[]>();

/** Every application of a group, in the order of the text, without inactive `apply-groups` statements. */
export function groupApplications(config: Config, rule: Rule): readonly GroupApplication[] {
  return config.flatMap((s): readonly GroupApplication[] => {
    if (s.words[0] === 'apply-groups') {
      return s.tag === 'inactive' ? [] : (s.list ?? []).map((group) => ({ group, path: [] }));
    }
    const own = s.children && ruleOf(rule, s.words[0] ?? '');
    if (own?.form !== 'block') return [];
    // Remembered, since most blocks of a configuration are the same in the next configuration.
    const inner = applications.get(s) ?? groupApplications(s.children ?? [], own);
    applications.set(s, inner);
    return inner.map(({ group, path }) => ({ group, path: [...s.words, ...path] }));
  });
}
