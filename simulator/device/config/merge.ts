/** Carries out edits in canonical form: statements merged into a configuration, moved among their siblings, looked up. */

import type { Statement } from '../../../junos/tree.ts';
import { editPath, warning, type RpcError } from '../rpc-error.ts';
import { indexOf, type Config } from './config.ts';
import { rankOf, ruleOf, type Rule } from './rule.ts';

export interface Merged {
  readonly config: Config;
  /** One `statement not found` for each statement that was to be deleted or marked and does not exist. */
  readonly warnings: readonly RpcError[];
}

interface Context {
  /** Whether the tag `replace` has an effect. */
  readonly replacing: boolean;
  readonly warnings: RpcError[];
}

/**
 * Merges an edit into a configuration. Blocks are merged, values replaced, lists extended. By its tag a statement is
 * deleted (`delete`), marked (`inactive`), unmarked (`active`), or replaced as a whole (`replace`, if `replacing` is true).
 */
export function merge(config: Config, edits: readonly Statement[], rule: Rule, replacing = false): Merged {
  const warnings: RpcError[] = [];
  return { config: mergeAll(config, edits, rule, [], { replacing, warnings }), warnings };
}

function mergeAll(
  config: Config,
  edits: readonly Statement[],
  rule: Rule,
  path: readonly string[],
  context: Context,
): Config {
  return edits.reduce((at, edit) => mergeOne(at, edit, rule, path, context), config);
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
  const lacksValue =
    (rule.form === 'leaf' && edit.words.length === 1) || (rule.form === 'list' && edit.list?.length === 0);
  if (lacksValue)
    return found ? config.with(at, marked(found, edit.tag)) : notFound(config, edit, path, context);
  if (!found && onlyDeletes(edit)) return notFound(config, edit, path, context);
  const base = edit.tag === 'replace' && context.replacing ? undefined : found;
  if (rule.form === 'list') return put(config, at, marked(mergedList(base, edit), edit.tag), parent);
  if (edit.children) {
    const children = mergeAll(base?.children ?? [], edit.children, rule, [...path, ...edit.words], context);
    const next = marked({ ...plain(edit), ...(base?.tag ? { tag: base.tag } : {}), children }, edit.tag);
    if (vanishes(next, parent, rule)) return at < 0 ? config : config.toSpliced(at, 1);
    return put(config, at, next, parent);
  }
  const others = rule.choice === undefined ? config : withoutChoice(config, edit, parent, rule.choice);
  return put(
    others,
    indexOf(others, edit, parent),
    marked({ ...plain(edit), ...(base?.tag ? { tag: base.tag } : {}) }, edit.tag),
    parent,
  );
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

function notFound(config: Config, edit: Statement, path: readonly string[], context: Context): Config {
  context.warnings.push(
    warning('statement not found', { path: editPath(path), badElement: edit.words.join(' ') }),
  );
  return config;
}

/**
 * Puts a statement in place of the one at `at`. If `at` is negative, adds it where the hierarchy has its keyword: behind the siblings with the
 * same keyword, or among them where the router sorts them. Statements that begin with a name instead of a keyword come last.
 */
function put(config: Config, at: number, statement: Statement, parent: Rule): Config {
  if (at >= 0) return config.with(at, statement);
  const rank = rankOf(parent, statement.words[0] ?? '');
  const isSorted = ruleOf(parent, statement.words[0] ?? '')?.sort === 'ports first';
  const before = config.findLastIndex((s) => {
    const other = rankOf(parent, s.words[0] ?? '');
    return other < rank || (other === rank && !(isSorted && isPortBefore(statement, s)));
  });
  return config.toSpliced(before + 1, 0, statement);
}

/** Whether an interface stands before another one where a router sorts them. */
function isPortBefore({ words: [, name = ''] }: Statement, { words: [, other = ''] }: Statement): boolean {
  const [isPort, isOtherPort] = [name, other].map((one) => /^[a-z]+-\d/.test(one));
  return isPort === isOtherPort ? name < other : isPort === true;
}

/** Whether an edit deletes and does nothing else. Such an edit must not create the blocks around what it deletes. */
function onlyDeletes(edit: Statement): boolean {
  if (edit.tag === 'delete') return true;
  return edit.children !== undefined && edit.children.length > 0 && edit.children.every(onlyDeletes);
}

/** Whether a block has to be removed: it is empty, and has a meaning only through its content. */
function vanishes(statement: Statement, parent: Rule, rule: Rule): boolean {
  const isItem = parent.items === rule;
  return (
    rule.form === 'block' && rule.keys === 0 && !rule.presence && !isItem && statement.children?.length === 0
  );
}

function mergedList(found: Statement | undefined, edit: Statement): Statement {
  const list = found?.list ?? [];
  return {
    ...plain(edit),
    ...(found?.tag ? { tag: found.tag } : {}),
    list: [...new Set([...list, ...(edit.list ?? [])])],
  };
}

function withoutChoice(config: Config, edit: Statement, parent: Rule, choice: string): Config {
  return config.filter(
    (s) => s.words[0] === edit.words[0] || ruleOf(parent, s.words[0] ?? '')?.choice !== choice,
  );
}

function plain({ tag: _tag, ...statement }: Statement): Statement {
  return statement;
}

function marked(statement: Statement, tag: Statement['tag']): Statement {
  if (tag === 'inactive') return { ...statement, tag };
  return tag === 'active' ? plain(statement) : statement;
}

/**
 * The statement at the end of a chain (a statement with one child at each level), if it exists. A list is found only if it
 * has all the values that the chain names.
 */
export function find(config: Config, chain: Statement, parent: Rule): Statement | undefined {
  const rule = ruleOf(parent, chain.words[0] ?? '');
  const found = config[indexOf(config, chain, parent)];
  const next = chain.children?.[0];
  if (rule && found && next) return find(found.children ?? [], next, rule);
  if (found && rule?.form === 'leaf' && chain.words.length > 1 && chain.words[1] !== found.words[1])
    return undefined;
  return found && (chain.list ?? []).every((value) => found.list?.includes(value)) ? found : undefined;
}

/**
 * Moves the statement at the end of a chain to before or after a sibling. `sibling` is the words of the sibling's head, or
 * the other value when a value of a list is moved. Undefined when the statement or the sibling does not exist.
 */
export function insert(
  config: Config,
  chain: Statement,
  position: 'before' | 'after',
  sibling: readonly string[],
  parent: Rule,
): Config | undefined {
  const rule = ruleOf(parent, chain.words[0] ?? '');
  const at = indexOf(config, chain, parent);
  const found = config[at];
  if (!rule || !found) return undefined;
  const next = chain.children?.[0];
  if (next) {
    const children = insert(found.children ?? [], next, position, sibling, rule);
    return children && config.with(at, { ...found, children });
  }
  if (found.list && chain.list) {
    const [from, to] = [found.list.indexOf(chain.list[0] ?? ''), found.list.indexOf(sibling[0] ?? '')];
    const list = moved(found.list, from, to, position);
    return list && config.with(at, { ...found, list });
  }
  const head = sibling.join('\0');
  const to = config.findIndex((s) => s.words.join('\0') === head);
  return moved(config, at, to, position);
}

function moved<T>(
  all: readonly T[],
  from: number,
  to: number,
  position: 'before' | 'after',
): readonly T[] | undefined {
  const item = all[from];
  if (item === undefined || from === to || to < 0) return undefined;
  const rest = all.toSpliced(from, 1);
  const place = to > from ? to - 1 : to;
  return rest.toSpliced(position === 'before' ? place : place + 1, 0, item);
}
