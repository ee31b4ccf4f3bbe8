/**
 * The router's configuration: statements in one canonical form, never changed in place, so that a copy is a reference.
 * Invariants: (1) a block has `children`, be it empty, and its head as `words`; (2) a leaf is two words, a flag one;
 * (3) a list has one word and `list`; (4) the only tag is `inactive`; (5) no two siblings have one identity.
 */

import type { Statement } from '../../junos/tree.ts';
import { ruleOf, type Rule } from './rule.ts';

export type Config = readonly Statement[];

/** What makes two siblings the same statement. */
export function identity(statement: Statement, rule: Rule): string {
  const isBlock = statement.children !== undefined;
  const words =
    rule.form === 'block' || rule.form === 'open' ? statement.words.join('\0') : (statement.words[0] ?? '');
  return isBlock ? `${words}\0{` : words;
}

const places = new WeakMap<Config, ReadonlyMap<string, number>>();

/** The place of each identity. Siblings share a parent, hence `parent`'s rule decides; a configuration never changes. */
function placesIn(config: Config, parent: Rule): ReadonlyMap<string, number> {
  let known = places.get(config);
  if (!known) {
    known = new Map(config.map((s, at) => [identity(s, ruleOf(parent, s.words[0] ?? '') ?? parent), at]));
    places.set(config, known);
  }
  return known;
}

/** Where in `config`, inside a block with `parent`'s rule, the statement with `statement`'s identity is; -1 when nowhere. */
export function indexOf(config: Config, statement: Statement, parent: Rule): number {
  const rule = ruleOf(parent, statement.words[0] ?? '');
  return rule ? (placesIn(config, parent).get(identity(statement, rule)) ?? -1) : -1;
}

/** The block with this head, directly in `config`. */
export function blockOf(config: Config, ...head: string[]): Statement | undefined {
  const isHead = (words: readonly string[]): boolean =>
    words.length === head.length && words.every((word, i) => word === head[i]);
  return config.find((s) => s.children !== undefined && isHead(s.words));
}

/** What is inside a path of blocks, each given by its head; nothing when there is no such path. */
export function inside(config: Config, ...path: readonly string[]): Config {
  return path.reduce<Config>((at, head) => blockOf(at, ...head.split(' '))?.children ?? [], config);
}

/** The blocks in `config` whose head begins with this keyword. */
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

/** Whether both hold the same, in the same order. */
export function sameConfig(a: Config, b: Config): boolean {
  return a === b || (a.length === b.length && a.every((s, i) => sameStatement(s, b[i])));
}

/** Whether both statements hold the same, in the same order. */
export function sameStatement(a: Statement, b: Statement | undefined): boolean {
  if (a === b) return true;
  if (!b || a.tag !== b.tag) return false;
  const words = (x: readonly string[] | undefined): string => (x === undefined ? '' : `\0${x.join('\0')}`);
  if (words(a.words) !== words(b.words) || words(a.list) !== words(b.list)) return false;
  if (a.children === undefined || b.children === undefined) return a.children === b.children;
  return sameConfig(a.children, b.children);
}
