/** Configuration as text in braces, loaded into a candidate. */

import { tokens } from '../../junos/lexer.ts';
import { parse } from '../../junos/parse.ts';
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Statement } from '../../junos/tree.ts';
import { canonical } from './canonical.ts';
import type { Config } from './config.ts';
import { merge } from './merge.ts';
import { operationFailed, type RpcError } from './rpc-error.ts';
import type { Rule } from './rule.ts';
import type { Loaded } from './set-lines.ts';

/** `merge` adds; `replace` honours `replace:`; `override` begins from nothing; `update` as override. */
export type TextAction = 'merge' | 'replace' | 'override' | 'update';

interface Prefix {
  readonly statements: readonly Statement[];
  readonly error: RpcError;
}

const lastLineOf = (text: string, line: number): string =>
  (text.split('\n')[line - 1] ?? '').trim().slice(0, 80);

/** The complete statements before a syntax error: what the router had read when it gave up. */
function prefix(text: string, error: JunosSyntaxError): Prefix {
  const lines = text.split('\n');
  const kept =
    lines.slice(0, error.line - 1).join('\n') +
    '\n' +
    (lines[error.line - 1] ?? '').slice(0, error.column - 1);
  const problem = operationFailed('syntax error', { badElement: lastLineOf(text, error.line) });
  const whole: string[] = [];
  let depth = 0;
  let sinceLast: string[] = [];
  try {
    for (const token of tokens(kept)) {
      if (token.kind === 'end') break;
      const written =
        token.kind === 'word' && token.quoted
          ? `"${token.text.replace(/["\\]/g, String.raw`\$&`)}"`
          : token.text;
      sinceLast.push(written);
      if (token.kind !== 'mark' || token.text === '[' || token.text === ']') continue;
      if (token.text !== ';') depth += token.text === '{' ? 1 : -1;
      whole.push(...sinceLast);
      sinceLast = [];
    }
    return { statements: parse(`${whole.join(' ')}${' }'.repeat(Math.max(0, depth))}`), error: problem };
  } catch (cause) {
    if (!(cause instanceof JunosSyntaxError)) throw cause;
    return { statements: [], error: problem };
  }
}

function read(text: string): {
  readonly statements: readonly Statement[];
  readonly errors: readonly RpcError[];
} {
  try {
    return { statements: parse(text), errors: [] };
  } catch (error) {
    if (!(error instanceof JunosSyntaxError)) throw error;
    const before = prefix(text, error);
    return {
      statements: before.statements,
      errors: [
        before.error,
        operationFailed('error recovery ignores input until this point', { type: 'protocol' }),
      ],
    };
  }
}

/** Loads text; what is wrong in it is left out and reported, the rest stays. */
export function loadText(config: Config, text: string, action: TextAction, rule: Rule): Loaded {
  const { statements, errors } = read(text);
  return loadStatements(config, statements, errors, action, rule);
}

/** Loads statements as they are written. */
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
