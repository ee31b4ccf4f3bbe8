/**
 * `show | compare`: the difference between two configurations in Junos's layout.
 * - Each level with a difference has a header, `[edit …]`. The sign of a line is in column 0.
 * - A changed value is a `-` line and a `+` line; a new or removed block is printed in full.
 * - Where the order has a meaning, unchanged neighbours of a difference are printed without a sign.
 * - `!` marks a statement that was only activated, deactivated or moved.
 */

import type { Statement } from '../../../junos/tree.ts';
import { editPath } from '../rpc-error.ts';
import { indexOf, sameStatement, type Config } from './config.ts';
import { opaque, ruleOf, type Rule } from './rule.ts';
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
  const own = levelLines(from, to, level);
  const deeper = to.flatMap((s) => {
    const old = counterpart(from, s, level);
    if (!old?.children || !s.children || sameStatement(old, s)) return [];
    const next = {
      path: [...level.path, ...s.words],
      depth: level.depth + 1,
      parent: ruleFor(s, level.parent),
    };
    return compareLevel(old.children, s.children, next);
  });
  return [...(own.length === 0 ? [] : [editPath(level.path), ...own]), ...deeper];
}

/** The lines of one level, without the differences inside its blocks. */
function levelLines(from: Config, to: Config, level: Level): readonly string[] {
  const moved = movedStatements(from, to, level);
  const isNewOrMoved = (s: Statement): boolean => moved.has(s) || !counterpart(from, s, level);
  const removed = from.filter((s) => !counterpart(to, s, level)).flatMap((s) => inFull('-', level, s));
  const rest = to.flatMap((s, i): readonly string[] => {
    const old = counterpart(from, s, level);
    if (!old) return inFull('+', level, s);
    if (moved.has(s)) return signed('!', level, [shortened(s)]);
    if (s.children && old.children) {
      const { tag, ...plain } = s;
      if (tag !== old.tag) return signed('!', level, [withMark(s, shortened(plain))]);
      const neighbours = [to[i - 1], to[i + 1]].filter((n) => n !== undefined);
      const isContext = isOrdered(s, level) && neighbours.some((n) => isOrdered(n, level) && isNewOrMoved(n));
      return isContext ? signed(' ', level, [shortened(s)]) : [];
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
    return signed('!', level, [withMark(next, `${headText(nextPlain)};`)]);
  if (old.list && next.list) {
    const [had, has] = [old.list, next.list];
    const removed = had.filter((v) => !has.includes(v));
    const added = has.filter((v) => !had.includes(v));
    const line = (list: readonly string[]): string => `${headText({ ...nextPlain, list })};`;
    if (had.length > 1 || has.length > 1 || (removed.length === 0) !== (added.length === 0)) {
      return [...signed('-', level, [line(had)]), ...signed('+', level, [line(has)])];
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

function signed(sign: Sign, level: Level, lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${sign}${' '.repeat(level.depth + 2)}${line}`);
}

function inFull(sign: Sign, level: Level, s: Statement): readonly string[] {
  return signed(sign, level, textLines(s, level.parent));
}

function shortened(s: Statement): string {
  return s.children && s.children.length > 0 ? `${headText(s)} { ... }` : `${headText(s)};`;
}

function withMark(next: Statement, text: string): string {
  return next.tag === 'inactive' ? `inactive: ${text}` : `active: ${text}`;
}
