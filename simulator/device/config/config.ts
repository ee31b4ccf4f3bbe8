/**
 * The router's configuration as statements in one canonical form. A configuration is never changed in place, so a
 * reference serves as a copy. Invariants: (1) a block has `children`, even when it is empty, and its head as `words`; (2) a leaf
 * has two words, a flag one; (3) a list has one word and `list`; (4) the only tag is `inactive`; (5) no two siblings have
 * the same identity.
 */

import type { Statement } from '../../../junos/tree.ts';
import { ruleOf, type Rule } from './rule.ts';

export type Config = readonly Statement[];

/** Two siblings with the same identity are the same statement. */
export function identity(statement: Statement, rule: Rule): string {
  const isBlock = statement.children !== undefined;
  const words =
    rule.form === 'block' || rule.form === 'opaque' ? statement.words.join('\0') : (statement.words[0] ?? '');
  return isBlock ? `${words}\0{` : words;
}

const indexes = new WeakMap<Config, ReadonlyMap<string, number>>();

/** The index of each identity. A configuration never changes and always has the same parent, so the map is kept. */
function indexesIn(config: Config, parent: Rule): ReadonlyMap<string, number> {
  let known = indexes.get(config);
  if (!known) {
    known = new Map(config.map((s, at) => [identity(s, ruleOf(parent, s.words[0] ?? '') ?? parent), at]));
    indexes.set(config, known);
  }
  return known;
}

/** The index of the statement with the same identity in `config`, or -1. `parent` is the rule of the block around `config`. */
export function indexOf(config: Config, statement: Statement, parent: Rule): number {
  const rule = ruleOf(parent, statement.words[0] ?? '');
  return rule ? (indexesIn(config, parent).get(identity(statement, rule)) ?? -1) : -1;
}

/** The block with this head, directly in `config`. */
export function blockOf(config: Config, ...head: string[]): Statement | undefined {
  const isHead = (words: readonly string[]): boolean =>
    words.length === head.length && words.every((word, i) => word === head[i]);
  return config.find((s) => s.children !== undefined && isHead(s.words));
}

/** The content at a path of blocks, each given by its head; empty when the path does not exist. */
export function inside(config: Config, ...path: readonly string[]): Config {
  return path.reduce<Config>((at, head) => blockOf(at, ...head.split(' '))?.children ?? [], config);
}

/** The blocks directly in `config` whose head begins with this keyword. */
export function blocksOf(config: Config, keyword: string): Config {
  return config.filter((s) => s.children !== undefined && s.words[0] === keyword);
}

/** A leaf's value. */
export function valueOf(config: Config, keyword: string): string | undefined {
  return config.find((s) => s.words[0] === keyword && s.children === undefined && s.list === undefined)
    ?.words[1];
}

/** A list's values. */
export function listOf(config: Config, keyword: string): readonly string[] {
  return config.find((s) => s.words[0] === keyword && s.list !== undefined)?.list ?? [];
}

export function hasFlag(config: Config, keyword: string): boolean {
  return config.some((s) => s.words.length === 1 && s.words[0] === keyword && s.list === undefined);
}

/** Whether both contain the same statements in the same order. */
export function sameConfig(a: Config, b: Config): boolean {
  return a === b || (a.length === b.length && a.every((s, i) => sameStatement(s, b[i])));
}

/** Whether both statements are the same, content and order included. */
export function sameStatement(a: Statement, b: Statement | undefined): boolean {
  if (a === b) return true;
  if (!b || a.tag !== b.tag) return false;
  const words = (x: readonly string[] | undefined): string => (x === undefined ? '' : `\0${x.join('\0')}`);
  if (words(a.words) !== words(b.words) || words(a.list) !== words(b.list)) return false;
  if (a.children === undefined || b.children === undefined) return a.children === b.children;
  return sameConfig(a.children, b.children);
}
