/** From statements as they are written to statements in canonical form, with the tags still on: an edit of the configuration. */

import type { Statement } from '../../junos/tree.ts';
import { editPath, operationFailed, type RpcError } from './rpc-error.ts';
import { headLength, ruleOf, type Rule } from './rule.ts';

export interface Edit {
  /** In canonical form; any tag; a leaf or list with tag `delete` may lack its value. */
  readonly statements: readonly Statement[];
  /** What the router did not understand; those statements are left out. */
  readonly errors: readonly RpcError[];
}

/** Thrown inside this file when a statement makes no sense in its place. */
class Misplaced extends Error {
  override readonly name = 'Misplaced';
  readonly badElement: string;
  constructor(badElement: string) {
    super(`syntax error`);
    this.badElement = badElement;
  }
}

const withTag = (statement: Statement, tag: Statement['tag']): Statement =>
  tag === undefined ? statement : { ...statement, tag };

function canonicalBlock(
  written: Statement,
  rule: Rule,
  path: readonly string[],
  errors: RpcError[],
): Statement {
  const length = headLength(rule);
  const words = written.words.slice(0, length);
  if (words.length < length) throw new Misplaced(words.at(-1) ?? '');
  const rest = written.words.slice(length);
  const [next] = rest;
  if (next === undefined) {
    if (written.list) throw new Misplaced(written.list[0] ?? '[');
    const children = canonicalAll(written.children ?? [], rule, [...path, ...words], errors);
    return withTag({ words, children }, written.tag);
  }
  const inner = canonicalOne({ ...written, words: rest }, rule, [...path, ...words], errors);
  return { words, children: [inner] };
}

/** A part that is not modelled: each word is a block of its own, so that text and set commands come to the same. */
function openChain(written: Statement): Statement {
  const [first = '', ...rest] = written.words;
  if (rest.length > 0) return { words: [first], children: [openChain({ ...written, words: rest })] };
  const values = (written.list ?? []).map((value) => ({ words: [value], children: [] }));
  const children = [...values, ...(written.children ?? []).map(openChain)];
  return withTag({ words: [first], children }, written.tag);
}

function canonicalOne(
  written: Statement,
  parent: Rule,
  path: readonly string[],
  errors: RpcError[],
): Statement {
  const [keyword = '', ...values] = written.words;
  const rule = ruleOf(parent, keyword);
  if (!rule) throw new Misplaced(keyword);
  if (rule.form === 'open') return openChain(written);
  if (rule.form === 'block') return canonicalBlock(written, rule, path, errors);
  if (written.children) throw new Misplaced(values[0] ?? keyword);
  const deleting = written.tag === 'delete' || written.tag === 'active' || written.tag === 'inactive';
  if (rule.form === 'list') {
    const list = [...values, ...(written.list ?? [])];
    if ((values.length > 0 && written.list) || values.length > 1) throw new Misplaced(values[1] ?? '[');
    if (list.length === 0 && !deleting) throw new Misplaced(keyword);
    return withTag({ words: [keyword], list }, written.tag);
  }
  if (written.list) throw new Misplaced('[');
  const wanted = rule.form === 'leaf' ? 1 : 0;
  if (values.length > wanted) throw new Misplaced(values[wanted] ?? '');
  if (values.length < wanted && !deleting) throw new Misplaced(keyword);
  return withTag({ words: written.words }, written.tag);
}

function canonicalAll(
  written: readonly Statement[],
  parent: Rule,
  path: readonly string[],
  errors: RpcError[],
): readonly Statement[] {
  const done: Statement[] = [];
  for (const statement of written) {
    try {
      done.push(canonicalOne(statement, parent, path, errors));
    } catch (error) {
      if (!(error instanceof Misplaced)) throw error;
      errors.push(operationFailed('syntax error', { path: editPath(path), badElement: error.badElement }));
    }
  }
  return done;
}

/** Brings what was written under a block with this rule into canonical form, statement by statement. */
export function canonical(written: readonly Statement[], rule: Rule, path: readonly string[] = []): Edit {
  const errors: RpcError[] = [];
  return { statements: canonicalAll(written, rule, path, errors), errors };
}
