/** Configuration as text, in braces or as set commands, loaded into a configuration. */

import { tokens } from '../../../junos/lexer.ts';
import { isTag, parse } from '../../../junos/parse.ts';
import { JunosSyntaxError } from '../../../junos/syntax-error.ts';
import type { Statement, Tag } from '../../../junos/tree.ts';
import { operationFailed, syntaxError, warning, type RpcError } from '../rpc-error.ts';
import { canonical } from './canonical.ts';
import type { Config } from './config.ts';
import { find, insert, merge } from './merge.ts';
import type { Rule } from './rule.ts';
import { SCHEMA } from './schema.ts';

export interface Loaded {
  readonly config: Config;
  /** Errors and warnings, in the order of the text. */
  readonly errors: readonly RpcError[];
}

/** An edit as a function, so that it can be made again on another configuration. */
export type ConfigEdit = (config: Config) => Loaded;

/** `merge` adds; `replace` obeys the tag `replace:`; `override` and `update` begin with an empty configuration. */
export type TextAction = 'merge' | 'replace' | 'override' | 'update';

/** Thrown when a text that a router is to start with is not a configuration. */
export class BadConfigurationError extends Error {
  override readonly name = 'BadConfigurationError';
}

const AS_A_ROUTER = { by: 'router' } as const;

/** Longest part of a line that an error quotes. */
const QUOTED_CHARACTERS = 80;

/** How a text writes a configuration: in braces, or as set commands (`show | display set`). */
export type TextForm = 'braces' | 'set';

/** The form of a text: `set` if its first line that is neither empty nor a comment begins with `set` or `deactivate`. */
export function formOf(text: string): TextForm {
  const first = text.split('\n').find((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  return /^\s*(?:set|deactivate)\s/.test(first ?? '') ? 'set' : 'braces';
}

/**
 * A text as a configuration. Throws JunosSyntaxError, or BadConfigurationError with the first statement that the router does not
 * know.
 */
export function readConfig(text: string): Config {
  const { config, errors } =
    formOf(text) === 'set' ? loadSetLines([], text, SCHEMA) : readBraces(parse(text, AS_A_ROUTER));
  const [first] = errors;
  if (first)
    throw new BadConfigurationError(
      `${first.message} at ${first.path ?? '[edit]'}: ${first.badElement ?? ''}`,
    );
  return config;
}

function readBraces(written: readonly Statement[]): Loaded {
  const { statements, errors } = canonical(written, SCHEMA);
  return { config: merge([], statements, SCHEMA).config, errors };
}

/** Loads text in braces. Statements with an error are left out and reported, the others are loaded. */
export function loadText(config: Config, text: string, action: TextAction, rule: Rule): Loaded {
  const { statements, errors } = readText(text);
  return loadStatements(config, statements, errors, action, rule);
}

/** Loads statements as a client wrote them. `errors`: those found before, while the text was read; they come first in the result. */
export function loadStatements(
  config: Config,
  statements: readonly Statement[],
  errors: readonly RpcError[],
  action: TextAction,
  rule: Rule,
): Loaded {
  const edit = canonical(statements, rule);
  const base = action === 'override' || action === 'update' ? [] : config;
  const merged = merge(base, edit.statements, rule, action === 'replace');
  return { config: merged.config, errors: [...errors, ...edit.errors, ...merged.warnings] };
}

interface ReadText {
  readonly statements: readonly Statement[];
  readonly errors: readonly RpcError[];
}

function readText(text: string): ReadText {
  try {
    return { statements: parse(text, AS_A_ROUTER), errors: [] };
  } catch (error) {
    if (!(error instanceof JunosSyntaxError)) throw error;
    const line = text.split('\n')[error.line - 1] ?? '';
    const errors = [
      syntaxError(line.trim().slice(0, QUOTED_CHARACTERS)),
      operationFailed('error recovery ignores input until this point'),
    ];
    return { statements: statementsBefore(text, error), errors };
  }
}

/** The complete statements before a syntax error: Junos loads what it has read up to the error. */
function statementsBefore(text: string, error: JunosSyntaxError): readonly Statement[] {
  try {
    const { end, depth } = completePart(upTo(text, error));
    return parse(`${upTo(text, end)}${' }'.repeat(depth)}`, AS_A_ROUTER);
  } catch (cause) {
    if (!(cause instanceof JunosSyntaxError)) throw cause;
    return [];
  }
}

interface Place {
  readonly line: number;
  readonly column: number;
}

function upTo(text: string, { line, column }: Place): string {
  const lines = text.split('\n');
  return [...lines.slice(0, line - 1), (lines[line - 1] ?? '').slice(0, column - 1)].join('\n');
}

/** Where the last complete statement, or the last `{`, ends, and how many blocks are open there. A statement may end with its line, as in `parse`. */
function completePart(text: string): { readonly end: Place; readonly depth: number } {
  let end: Place = { line: 1, column: 1 };
  let depth = 0;
  /** The line of the last word of a statement that has begun, and is no list. */
  let begunOn: number | undefined;
  let isInList = false;
  for (const token of tokens(text)) {
    const { kind, line, column } = token;
    const mayFollow = kind !== 'punctuation' || token.text === '}';
    if (begunOn !== undefined && line > begunOn && mayFollow) {
      end = { line, column };
      begunOn = undefined;
    }
    if (kind === 'word') {
      const isTagged = begunOn === undefined && !token.quoted && isTag(token.text);
      if (!isInList && !isTagged) begunOn = line;
    } else if (kind === 'punctuation') {
      begunOn = undefined;
      isInList = token.text === '[' || (isInList && token.text !== ';');
      if (token.text === '{') depth += 1;
      if (token.text === '}') depth -= 1;
      if (!isInList) end = { line, column: column + 1 };
    }
  }
  return { end, depth: Math.max(0, depth) };
}

/** The commands that edit one statement, with the tag that each puts on it. */
const COMMANDS: Readonly<Record<string, Tag | undefined>> = {
  set: undefined,
  delete: 'delete',
  activate: 'active',
  deactivate: 'inactive',
};

/** Carries out commands, one on each line: those of COMMANDS, and `insert`. A line that fails does not affect the others. */
export function loadSetLines(config: Config, text: string, rule: Rule): Loaded {
  const errors: RpcError[] = [];
  let at = config;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    try {
      const done = loadSetLine(at, line, rule);
      at = done.config;
      errors.push(...done.errors);
    } catch (error) {
      if (!(error instanceof JunosSyntaxError)) throw error;
      errors.push(syntaxError(line.trim().slice(0, QUOTED_CHARACTERS)));
    }
  }
  return { config: at, errors };
}

function loadSetLine(config: Config, text: string, rule: Rule): Loaded {
  const { words, list } = readSetLine(text);
  const [command = '', ...path] = words;
  if (command === 'insert') return loadInsert(config, path, rule);
  if (!Object.hasOwn(COMMANDS, command) || path.length === 0)
    return { config, errors: [syntaxError(command)] };
  const tag = COMMANDS[command];
  const written: Statement = { words: path, ...(list ? { list } : {}), ...(tag ? { tag } : {}) };
  const edit = canonical([written], rule);
  const [chain] = edit.statements;
  if (!chain) return { config, errors: edit.errors };
  if ((tag === 'active' || tag === 'inactive') && !find(config, chain, rule)) {
    return { config, errors: [warning('statement not found', { badElement: path.join(' ') })] };
  }
  const merged = merge(config, edit.statements, rule);
  return { config: merged.config, errors: [...edit.errors, ...merged.warnings] };
}

/** `insert … before …` or `insert … after …`. */
function loadInsert(config: Config, words: readonly string[], rule: Rule): Loaded {
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

interface SetLine {
  readonly words: readonly string[];
  /** The words in brackets at the end. */
  readonly list?: readonly string[];
}

function readSetLine(text: string): SetLine {
  const words: string[] = [];
  let list: string[] | undefined;
  let closed = false;
  for (const token of tokens(text)) {
    if (token.kind === 'end') break;
    if (closed || (token.kind === 'punctuation' && !['[', ']'].includes(token.text)))
      throw new JunosSyntaxError(token, 'a word', token.text);
    if (token.kind === 'word') (list ?? words).push(token.text);
    else if (token.text === '[' && !list) list = [];
    else if (token.text === ']' && list) closed = true;
    else throw new JunosSyntaxError(token, 'a word', token.text);
  }
  return list ? { words, list } : { words };
}
