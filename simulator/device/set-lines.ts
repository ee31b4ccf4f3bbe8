/** Configuration as commands, one a line: `set`, `delete`, `insert … before|after …`, `activate`, `deactivate`. */

import { tokens } from '../../junos/lexer.ts';
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Statement, Tag } from '../../junos/tree.ts';
import { canonical } from './canonical.ts';
import type { Config } from './config.ts';
import { insert, reach } from './insert.ts';
import { merge } from './merge.ts';
import { operationFailed, warning, type RpcError } from './rpc-error.ts';
import type { Rule } from './rule.ts';

export interface Loaded {
  readonly config: Config;
  /** Errors and warnings, in the order of the text. */
  readonly errors: readonly RpcError[];
}

interface Line {
  readonly words: readonly string[];
  readonly list?: readonly string[];
}

const TAGS: Readonly<Record<string, Tag | undefined>> = {
  set: undefined,
  delete: 'delete',
  activate: 'active',
  deactivate: 'inactive',
};

function readLine(text: string): Line {
  const words: string[] = [];
  let list: string[] | undefined;
  let closed = false;
  for (const token of tokens(text)) {
    if (token.kind === 'end') break;
    if (closed || (token.kind === 'mark' && !['[', ']'].includes(token.text)))
      throw new JunosSyntaxError(token, 'a word', token.text);
    if (token.kind === 'word') (list ?? words).push(token.text);
    else if (token.text === '[' && !list) list = [];
    else if (token.text === ']' && list) closed = true;
    else throw new JunosSyntaxError(token, 'a word', token.text);
  }
  return list ? { words, list } : { words };
}

const syntaxError = (badElement: string): RpcError => operationFailed('syntax error', { badElement });

function inserted(config: Config, words: readonly string[], rule: Rule): Loaded {
  const at = Math.max(words.lastIndexOf('before'), words.lastIndexOf('after'));
  const edit = canonical([{ words: words.slice(0, Math.max(at, 0)) }], rule);
  const [chain] = edit.statements;
  if (at < 1 || at === words.length - 1 || !chain) {
    return { config, errors: edit.errors.length > 0 ? edit.errors : [syntaxError('insert')] };
  }
  const next = insert(config, chain, words[at] === 'after' ? 'after' : 'before', words.slice(at + 1), rule);
  return next
    ? { config: next, errors: [] }
    : { config, errors: [operationFailed(`statement not found`, { badElement: words.join(' ') })] };
}

function oneLine(config: Config, text: string, rule: Rule): Loaded {
  const { words, list } = readLine(text);
  const [verb = '', ...path] = words;
  if (verb === 'insert') return inserted(config, path, rule);
  if (!Object.hasOwn(TAGS, verb)) return { config, errors: [syntaxError(verb)] };
  const tag = TAGS[verb];
  if (path.length === 0) return { config, errors: [syntaxError(verb)] };
  const written: Statement = { words: path, ...(list ? { list } : {}), ...(tag ? { tag } : {}) };
  const edit = canonical([written], rule);
  const [chain] = edit.statements;
  if (!chain) return { config, errors: edit.errors };
  if ((tag === 'active' || tag === 'inactive') && !reach(config, chain, rule)) {
    return { config, errors: [warning('statement not found', { badElement: path.join(' ') })] };
  }
  const merged = merge(config, edit.statements, rule);
  return { config: merged.config, errors: [...edit.errors, ...merged.warnings] };
}

/** Carries out each line; one that fails leaves the others alone. */
export function loadSetLines(config: Config, text: string, rule: Rule): Loaded {
  const errors: RpcError[] = [];
  let at = config;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    try {
      const done = oneLine(at, line, rule);
      at = done.config;
      errors.push(...done.errors);
    } catch (error) {
      if (!(error instanceof JunosSyntaxError)) throw error;
      errors.push(syntaxError(line.trim().slice(0, 80)));
    }
  }
  return { config: at, errors };
}
