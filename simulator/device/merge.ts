/** Carrying out an edit on a configuration. */

import type { Statement } from '../../junos/tree.ts';
import { indexOf, type Config } from './config.ts';
import { editPath, warning, type RpcError } from './rpc-error.ts';
import { rankOf, ruleOf, type Rule } from './rule.ts';

export interface Merge {
  readonly config: Config;
  /** `statement not found`, for each deletion of what was not there. */
  readonly warnings: readonly RpcError[];
}

interface Context {
  /** Whether `replace:` replaces, or is read over. */
  readonly replacing: boolean;
  readonly warnings: RpcError[];
}

const plain = ({ tag: _tag, ...statement }: Statement): Statement => statement;

function marked(statement: Statement, tag: Statement['tag']): Statement {
  if (tag === 'inactive') return { ...statement, tag };
  return tag === 'active' ? plain(statement) : statement;
}

/** A keyword's place among its siblings is the hierarchy's; within a keyword, and among names, the order is the user's. */
function put(config: Config, at: number, statement: Statement, parent: Rule): Config {
  if (at >= 0) return config.with(at, statement);
  const rank = rankOf(parent, statement.words[0] ?? '');
  const before = config.findLastIndex((s) => rankOf(parent, s.words[0] ?? '') <= rank);
  return config.toSpliced(before + 1, 0, statement);
}

/** Whether an edit only takes away: it must not bring the blocks around into being. */
function onlyDeletes(edit: Statement): boolean {
  if (edit.tag === 'delete') return true;
  return edit.children !== undefined && edit.children.length > 0 && edit.children.every(onlyDeletes);
}

/** Whether nothing but its content makes this block exist. */
function vanishes(statement: Statement, parent: Rule, rule: Rule): boolean {
  const isItem = parent.items === rule;
  return (
    rule.form === 'block' && rule.keys === 0 && !rule.presence && !isItem && statement.children?.length === 0
  );
}

function notFound(config: Config, edit: Statement, path: readonly string[], context: Context): Config {
  context.warnings.push(
    warning('statement not found', { path: editPath(path), badElement: edit.words.join(' ') }),
  );
  return config;
}

function without(
  config: Config,
  edit: Statement,
  parent: Rule,
  path: readonly string[],
  context: Context,
): Config {
  const rule = ruleOf(parent, edit.words[0] ?? '');
  const at = indexOf(config, edit, parent);
  const found = config[at];
  const missing = (): Config => notFound(config, edit, path, context);
  if (!rule || !found) return missing();
  if (rule.form === 'leaf' && edit.words.length > 1 && edit.words[1] !== found.words[1]) return missing();
  if (edit.list && edit.list.length > 0) {
    const left = (found.list ?? []).filter((value) => !edit.list?.includes(value));
    if (left.length === found.list?.length) return missing();
    if (left.length > 0) return config.with(at, { ...found, list: left });
  }
  return config.toSpliced(at, 1);
}

function mergedList(found: Statement | undefined, edit: Statement): Statement {
  const list = found?.list ?? [];
  return {
    ...plain(edit),
    ...(found?.tag ? { tag: found.tag } : {}),
    list: [...new Set([...list, ...(edit.list ?? [])])],
  };
}

function mergeOne(
  config: Config,
  edit: Statement,
  parent: Rule,
  path: readonly string[],
  context: Context,
): Config {
  if (edit.tag === 'delete') return without(config, edit, parent, path, context);
  const rule = ruleOf(parent, edit.words[0] ?? '');
  if (!rule) return config;
  const at = indexOf(config, edit, parent);
  const found = config[at];
  const valueless =
    (rule.form === 'leaf' && edit.words.length === 1) || (rule.form === 'list' && edit.list?.length === 0);
  if (valueless)
    return found ? config.with(at, marked(found, edit.tag)) : notFound(config, edit, path, context);
  if (!found && onlyDeletes(edit)) return notFound(config, edit, path, context);
  const keep = edit.tag === 'replace' && context.replacing ? undefined : found;
  if (rule.form === 'list') return put(config, at, marked(mergedList(keep, edit), edit.tag), parent);
  if (edit.children) {
    const children = mergeAll(keep?.children ?? [], edit.children, rule, [...path, ...edit.words], context);
    const next = marked({ ...plain(edit), ...(keep?.tag ? { tag: keep.tag } : {}), children }, edit.tag);
    if (vanishes(next, parent, rule)) return at < 0 ? config : config.toSpliced(at, 1);
    return put(config, at, next, parent);
  }
  const others = rule.choice === undefined ? config : withoutChoice(config, edit, parent, rule.choice);
  const place = indexOf(others, edit, parent);
  return put(
    others,
    place,
    marked({ ...plain(edit), ...(keep?.tag ? { tag: keep.tag } : {}) }, edit.tag),
    parent,
  );
}

const withoutChoice = (config: Config, edit: Statement, parent: Rule, choice: string): Config =>
  config.filter((s) => s.words[0] === edit.words[0] || ruleOf(parent, s.words[0] ?? '')?.choice !== choice);

function mergeAll(
  config: Config,
  edits: readonly Statement[],
  rule: Rule,
  path: readonly string[],
  context: Context,
): Config {
  return edits.reduce((at, edit) => mergeOne(at, edit, rule, path, context), config);
}

/**
 * Merges an edit in canonical form into a configuration: blocks are merged, values replaced, lists added to; `delete:`
 * takes away, `inactive:` and `active:` mark, `replace:` replaces when `replacing`.
 */
export function merge(config: Config, edits: readonly Statement[], rule: Rule, replacing = false): Merge {
  const warnings: RpcError[] = [];
  return { config: mergeAll(config, edits, rule, [], { replacing, warnings }), warnings };
}
