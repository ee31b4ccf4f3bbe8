/**
 * `show | compare`: what turns one configuration into another, in Junos's layout. One header per changed level; the sign
 * in column 0; a changed value as `-` then `+`; a new or lost block whole; unchanged neighbours unsigned where the order
 * means something; `!` for what was only activated, deactivated or moved.
 */

import type { Statement } from '../../junos/tree.ts';
import { indexOf, sameStatement, type Config } from './config.ts';
import { editPath } from './rpc-error.ts';
import { open, ruleOf, type Rule } from './rule.ts';
import { headText, textLines } from './text-form.ts';

type Sign = '+' | '-' | '!' | ' ';

interface Level {
  readonly path: readonly string[];
  /** Blocks around: what the indent follows. */
  readonly depth: number;
  readonly parent: Rule;
}

const signed = (sign: Sign, level: Level, lines: readonly string[]): readonly string[] =>
  lines.map((line) => `${sign}${' '.repeat(level.depth + 2)}${line}`);

const whole = (sign: Sign, level: Level, s: Statement): readonly string[] =>
  signed(sign, level, textLines(s, level.parent));

const brief = (s: Statement): string =>
  s.children && s.children.length > 0 ? `${headText(s)} { ... }` : `${headText(s)};`;

const ruleFor = (s: Statement, parent: Rule): Rule => ruleOf(parent, s.words[0] ?? '') ?? open;

const isOrdered = (s: Statement, level: Level): boolean =>
  ruleFor(s, level.parent).ordered && s.children !== undefined;

const counterpart = (config: Config, s: Statement, level: Level): Statement | undefined =>
  config[indexOf(config, s, level.parent)];

/** The ordered statements that both have, whose order among each other is not what it was. */
function movedOnes(from: Config, to: Config, level: Level): ReadonlySet<Statement> {
  const moved = new Set<Statement>();
  let furthest = -1;
  for (const s of to) {
    const at = isOrdered(s, level) ? indexOf(from, s, level.parent) : -1;
    if (at >= 0 && at < furthest) moved.add(s);
    furthest = Math.max(furthest, at);
  }
  return moved;
}

function changedLeaf(old: Statement, next: Statement, level: Level): readonly string[] {
  const { tag: _old, ...oldPlain } = old;
  const { tag: _next, ...nextPlain } = next;
  if (sameStatement(oldPlain, nextPlain))
    return signed('!', level, [markText(next, `${headText(nextPlain)};`)]);
  if (old.list && next.list) {
    const had = old.list;
    const has = next.list;
    const gone = had.filter((v) => !has.includes(v));
    const come = has.filter((v) => !had.includes(v));
    const line = (list: readonly string[]): string => `${headText({ ...nextPlain, list })};`;
    if (had.length > 1 || has.length > 1 || (gone.length === 0) !== (come.length === 0)) {
      return [...signed('-', level, [line(had)]), ...signed('+', level, [line(has)])];
    }
  }
  return [...whole('-', level, old), ...whole('+', level, next)];
}

const markText = (next: Statement, text: string): string =>
  next.tag === 'inactive' ? `inactive: ${text}` : `active: ${text}`;

/** The lines of one level: its own statements, without what is changed further down. */
function levelLines(from: Config, to: Config, level: Level): readonly string[] {
  const moved = movedOnes(from, to, level);
  const touched = (s: Statement): boolean => moved.has(s) || !counterpart(from, s, level);
  const lost = from.filter((s) => !counterpart(to, s, level)).flatMap((s) => whole('-', level, s));
  const rest = to.flatMap((s, i): readonly string[] => {
    const old = counterpart(from, s, level);
    if (!old) return whole('+', level, s);
    if (moved.has(s)) return signed('!', level, [brief(s)]);
    if (s.children && old.children) {
      const { tag, ...plain } = s;
      if (tag !== old.tag) return signed('!', level, [markText(s, brief(plain))]);
      const neighbours = [to[i - 1], to[i + 1]].filter((n) => n !== undefined);
      const context = isOrdered(s, level) && neighbours.some((n) => isOrdered(n, level) && touched(n));
      return context ? signed(' ', level, [brief(s)]) : [];
    }
    return sameStatement(old, s) ? [] : changedLeaf(old, s, level);
  });
  return [...lost, ...rest];
}

function compareLevel(from: Config, to: Config, level: Level): readonly string[] {
  const own = levelLines(from, to, level);
  const deeper = to.flatMap((s) => {
    const old = counterpart(from, s, level);
    if (!old?.children || !s.children || sameStatement(old, s)) return [];
    const rule = ruleFor(s, level.parent);
    const next = {
      path: [...level.path, ...s.words],
      depth: level.depth + 1,
      parent: rule,
    };
    return compareLevel(old.children, s.children, next);
  });
  return [...(own.length === 0 ? [] : [editPath(level.path), ...own]), ...deeper];
}

/** The difference as text, each line ended; empty when there is none. */
export function compare(from: Config, to: Config, rule: Rule): string {
  const lines = compareLevel(from, to, { path: [], depth: 0, parent: rule });
  return lines.reduce((text, line) => `${text}${line}\n`, '');
}
