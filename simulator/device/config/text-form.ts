/** A configuration as Junos shows it: as text in braces, or as set commands. */

import type { Statement } from '../../../junos/tree.ts';
import { quoteWord } from '../../../junos/print.ts';
import type { Config } from './config.ts';
import { opaque, ruleOf, type Rule } from './rule.ts';
import { SCHEMA } from './schema.ts';

const INDENT = '    ';

const texts = new WeakMap<Config, string>();

/** The text of a whole configuration. The text is kept, because each change of the router makes a snapshot, with all texts of its history. */
export function textOf(config: Config): string {
  const text = texts.get(config) ?? configText(config, SCHEMA);
  texts.set(config, text);
  return text;
}

/** Statements in braces; each line ends with a line break. */
export function configText(config: Config, rule: Rule): string {
  const lines: string[] = [];
  for (const statement of config) append(lines, statement, rule, '');
  return lines.map((line) => `${line}\n`).join('');
}

/** The lines of one statement, in braces, with four blanks for each level. */
export function textLines(statement: Statement, parent: Rule): readonly string[] {
  const lines: string[] = [];
  append(lines, statement, parent, '');
  return lines;
}

/** The words of a statement's first line, without brace or semicolon: `inactive: unit 1025`, `apply-groups [ A B ]`. */
export function headText(statement: Statement): string {
  const tag = statement.tag === undefined ? [] : [`${statement.tag}:`];
  const list = statement.list === undefined ? [] : [listText(statement.list)];
  return [...tag, quoted(statement.words), ...list].join(' ');
}

/** The set commands that make the configuration, in order. Each `deactivate` follows the statement that it marks. */
export function setLines(config: Config, path: readonly string[] = []): readonly string[] {
  return config.flatMap((statement) => {
    const words = [...path, ...statement.words];
    const mark = statement.tag === 'inactive' ? [`deactivate ${quoted(words)}`] : [];
    if (statement.list)
      return [...statement.list.map((value) => `set ${quoted([...words, value])}`), ...mark];
    const children = statement.children ?? [];
    return [...(children.length === 0 ? [`set ${quoted(words)}`] : setLines(children, words)), ...mark];
  });
}

function append(lines: string[], statement: Statement, parent: Rule, margin: string): void {
  const rule = ruleOf(parent, statement.words[0] ?? '') ?? opaque;
  const children = statement.children ?? [];
  const [only] = children;
  const head = `${margin}${headText(statement)}`;
  if (!only) return void lines.push(`${head};${rule.secret ? ' ## SECRET-DATA' : ''}`);
  const isPlain = children.length === 1 && only.tag === undefined && (only.children ?? []).length === 0;
  if (isPlain && (rule.form === 'opaque' || (rule.oneLine && only.children === undefined))) {
    return void lines.push(`${head} ${headText(only)};`);
  }
  lines.push(`${head} {`);
  for (const child of children) append(lines, child, rule, margin + INDENT);
  lines.push(`${margin}}`);
}

function listText(list: readonly string[]): string {
  const [only] = list;
  return list.length === 1 && only !== undefined ? quoteWord(only) : `[ ${quoted(list)} ]`;
}

function quoted(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}
