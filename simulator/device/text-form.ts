/** The configuration as Junos shows it: as text in braces, and as set commands. */

import type { Statement } from '../../junos/tree.ts';
import { quoteWord } from '../../junos/word.ts';
import type { Config } from './config.ts';
import { ruleOf, open, type Rule } from './rule.ts';

const INDENT = '    ';

const words = (all: readonly string[]): string => all.map(quoteWord).join(' ');

function listText(list: readonly string[]): string {
  const [only] = list;
  return list.length === 1 && only !== undefined ? quoteWord(only) : `[ ${words(list)} ]`;
}

/** A statement's words on its first line, without brace or semicolon: `inactive: unit 1025`, `apply-groups [ A B ]`. */
export function headText(statement: Statement): string {
  const tag = statement.tag === undefined ? [] : [`${statement.tag}:`];
  const list = statement.list === undefined ? [] : [listText(statement.list)];
  return [...tag, words(statement.words), ...list].join(' ');
}

/** A statement's lines, with braces, four blanks a level. */
export function textLines(statement: Statement, parent: Rule): readonly string[] {
  const rule = ruleOf(parent, statement.words[0] ?? '') ?? open;
  const children = statement.children ?? [];
  const [only] = children;
  if (!only) return [`${headText(statement)};`];
  const isPlain = children.length === 1 && only.tag === undefined && (only.children ?? []).length === 0;
  if (isPlain && (rule.form === 'open' || (rule.flat && only.children === undefined))) {
    return [`${headText(statement)} ${headText(only)};`];
  }
  const inner = children.flatMap((c) => textLines(c, rule));
  return [`${headText(statement)} {`, ...inner.map((line) => INDENT + line), '}'];
}

/** All of it, each line ended. */
export function configText(config: Config, rule: Rule): string {
  return config.flatMap((s) => textLines(s, rule)).reduce((text, line) => `${text}${line}\n`, '');
}

/** The set commands that make it, in order; `deactivate` follows what it marks. */
export function setLines(config: Config, path: readonly string[] = []): readonly string[] {
  return config.flatMap((statement) => {
    const here = [...path, ...statement.words];
    const off = statement.tag === 'inactive' ? [`deactivate ${words(here)}`] : [];
    if (statement.list) return [...statement.list.map((value) => `set ${words([...here, value])}`), ...off];
    const children = statement.children ?? [];
    return [...(children.length === 0 ? [`set ${words(here)}`] : setLines(children, here)), ...off];
  });
}
