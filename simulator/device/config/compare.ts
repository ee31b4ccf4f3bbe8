/**
 * `show | compare`: the difference between two configurations in Junos's layout.
 * - Each level with a difference has a header, `[edit …]`, and one more for each list of named blocks in it. The sign of a line is in
 *   column 0.
 * - A changed value is a `-` line and a `+` line; a new or removed block is printed in full.
 * - Where the order has a meaning, unchanged neighbours of a difference are printed without a sign.
 * - `!` marks a statement that was only activated, deactivated or moved.
 */

import type { Statement } from '../../../junos/tree.ts';
import { editPath } from '../rpc-error.ts';
import { indexOf, sameStatement, type Config } from './config.ts';
import { opaque, rankOf, ruleOf, type Rule } from './rule.ts';
import { headText, textLines } from './text-form.ts';

/** The difference as text; each line ends with a line break. Empty when there is none. */
export function compare(from: Config, to: Config, rule: Rule): string {
  const lines = compareLevel(from, to, { path: [], depth: 0, parent: rule });
  return lines.reduce((text, line) => `${text}${line}\n`, '');
}

interface Level {
  readonly path: readonly string[];
  /** How many blocks surround the level. This number decides the indentation. */
  readonly depth: number;
  readonly parent: Rule;
}

function compareLevel(from: Config, to: Config, level: Level): readonly string[] {
  const own = changedObjects(from, to, level);
  const deeper = to.flatMap((s) => {
    const old = counterpart(from, s, level);
    if (!old?.children || !s.children || sameStatement(old, s)) return [];
    const next = {
      path: [...level.path, ...s.words],
      // The key of `family inet` counts as a level of its own.
      depth: level.depth + (ruleFor(s, level.parent).nestedKey ? 2 : 1),
      parent: ruleFor(s, level.parent),
    };
    return compareLevel(old.children, s.children, next);
  });
  return [...own.flatMap((lines) => [editPath(level.path), ...lines]), ...deeper];
}

/** The lines of each changed object of one level. The named blocks with one keyword are one object; all other statements together are another one. */
function changedObjects(from: Config, to: Config, level: Level): readonly (readonly string[])[] {
  const rank = (s: Statement) => rankOf(level.parent, s.words[0] ?? '');
  const inOrder = [...from, ...to].sort((a, b) => rank(a) - rank(b));
  return [...new Set(inOrder.map((s) => listKeyword(s, level)))]
    .map((keyword) => {
      const ofKeyword = (config: Config) => config.filter((s) => listKeyword(s, level) === keyword);
      return levelLines(ofKeyword(from), ofKeyword(to), level);
    })
    .filter((lines) => lines.length > 0);
}

/** The keyword of a list of named blocks (`policy-statement`); `undefined` for any other statement. */
function listKeyword(s: Statement, { parent }: Level): string | undefined {
  const rule = ruleFor(s, parent);
  return rule.keys > 0 && !rule.nestedKey ? s.words[0] : undefined;
}

/** The lines of one level, without the differences inside its blocks. */
function levelLines(from: Config, to: Config, level: Level): readonly string[] {
  const moved = movedStatements(from, to, level);
  const isNewOrMoved = (s: Statement): boolean => moved.has(s) || !counterpart(from, s, level);
  const removed = from.filter((s) => !counterpart(to, s, level)).flatMap((s) => inFull('-', level, s));
  const rest = to.flatMap((s, i): readonly string[] => {
    const old = counterpart(from, s, level);
    if (!old) return inFull('+', level, s);
    if (moved.has(s)) return signed('!', level, s, [shortened(s)]);
    if (s.children && old.children) {
      const { tag, ...plain } = s;
      if (tag !== old.tag) return signed('!', level, s, [withMark(s, shortened(plain))]);
      const neighbours = [to[i - 1], to[i + 1]].filter((n) => n !== undefined);
      const isContext = isOrdered(s, level) && neighbours.some((n) => isOrdered(n, level) && isNewOrMoved(n));
      return isContext ? signed(' ', level, s, [shortened(s)]) : [];
    }
    return sameStatement(old, s) ? [] : changedValue(old, s, level);
  });
  return [...removed, ...rest];
}

/** Ordered statements that both configurations have, and that now follow a statement which they preceded. */
function movedStatements(from: Config, to: Config, level: Level): ReadonlySet<Statement> {
  const moved = new Set<Statement>();
  let furthest = -1;
  for (const s of to) {
    const at = isOrdered(s, level) ? indexOf(from, s, level.parent) : -1;
    if (at >= 0 && at < furthest) moved.add(s);
    furthest = Math.max(furthest, at);
  }
  return moved;
}

function changedValue(old: Statement, next: Statement, level: Level): readonly string[] {
  const { tag: _old, ...oldPlain } = old;
  const { tag: _next, ...nextPlain } = next;
  if (sameStatement(oldPlain, nextPlain))
    return signed('!', level, next, [withMark(next, `${headText(nextPlain)};`)]);
  if (old.list && next.list) {
    const [had, has] = [old.list, next.list];
    const removed = had.filter((v) => !has.includes(v));
    const added = has.filter((v) => !had.includes(v));
    const line = (list: readonly string[]): string => `${headText({ ...nextPlain, list })};`;
    if (had.length > 1 || has.length > 1 || (removed.length === 0) !== (added.length === 0)) {
      return [...signed('-', level, next, [line(had)]), ...signed('+', level, next, [line(has)])];
    }
  }
  return [...inFull('-', level, old), ...inFull('+', level, next)];
}

function counterpart(config: Config, s: Statement, level: Level): Statement | undefined {
  return config[indexOf(config, s, level.parent)];
}

function isOrdered(s: Statement, level: Level): boolean {
  return ruleFor(s, level.parent).ordered && s.children !== undefined;
}

function ruleFor(s: Statement, parent: Rule): Rule {
  return ruleOf(parent, s.words[0] ?? '') ?? opaque;
}

type Sign = '+' | '-' | '!' | ' ';

/** Lines of a statement. A block stands one column further to the right than a value. Seen on Junos 16.1. */
function signed(sign: Sign, level: Level, s: Statement, lines: readonly string[]): readonly string[] {
  const margin = ' '.repeat(level.depth + (isValue(s, level) ? 1 : 2));
  return lines.map((line) => `${sign}${margin}${line}`);
}

/** Whether the statement is a value, or a bare name, as a prefix list has them (`203.0.113.0/28;`). */
function isValue(s: Statement, { parent }: Level): boolean {
  return s.children === undefined || (s.children.length === 0 && ruleFor(s, parent) === parent.items);
}

function inFull(sign: Sign, level: Level, s: Statement): readonly string[] {
  return signed(sign, level, s, textLines(s, level.parent));
}

function shortened(s: Statement): string {
  return s.children && s.children.length > 0 ? `${headText(s)} { ... }` : `${headText(s)};`;
}

function withMark(next: Statement, text: string): string {
  return next.tag === 'inactive' ? `inactive: ${text}` : `active: ${text}`;
}
