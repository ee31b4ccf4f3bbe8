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

function append(lines: string[], statement: Statement, parent: Rule, margin: string): void {
  const rule = ruleOf(parent, statement.words[0] ?? '') ?? open;
  const children = statement.children ?? [];
  const [only] = children;
  const head = `${margin}${headText(statement)}`;
  if (!only) return void lines.push(`${head};`);
  const isPlain = children.length === 1 && only.tag === undefined && (only.children ?? []).length === 0;
  if (isPlain && (rule.form === 'open' || (rule.flat && only.children === undefined))) {
    return void lines.push(`${head} ${headText(only)};`);
  }
  lines.push(`${head} {`);
  for (const child of children) append(lines, child, rule, margin + INDENT);
  lines.push(`${margin}}`);
}

/** A statement's lines, with braces, four blanks a level. */
export function textLines(statement: Statement, parent: Rule): readonly string[] {
  const lines: string[] = [];
  append(lines, statement, parent, '');
  return lines;
}

/** All of it, each line ended. */
export function configText(config: Config, rule: Rule): string {
  const lines: string[] = [];
  for (const statement of config) append(lines, statement, rule, '');
  return lines.map((line) => `${line}\n`).join('');
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
