/**
 * Brings statements, as a client wrote them, into canonical form (`config.ts`). The result is an edit: the tags `delete`,
 * `replace`, `active` and `inactive` are still there.
 */

import type { Statement } from '../../../junos/tree.ts';
import { editPath, syntaxError, type RpcError } from '../rpc-error.ts';
import { headLength, ruleOf, type Rule } from './rule.ts';

export interface CanonicalEdit {
  /** With any tag. A leaf or a list with the tag `delete`, `active` or `inactive` may lack its value. */
  readonly statements: readonly Statement[];
  /** One error for each statement that the router does not understand; those statements are left out. */
  readonly errors: readonly RpcError[];
}

/** Thrown inside this file when a statement has no meaning at its place. */
class MisplacedWordError extends Error {
  override readonly name = 'MisplacedWordError';
  readonly word: string;
  constructor(word: string) {
    super('syntax error');
    this.word = word;
  }
}

/** Brings the statements inside a block into canonical form. `rule` and `path` are those of the block. */
export function canonical(
  written: readonly Statement[],
  rule: Rule,
  path: readonly string[] = [],
): CanonicalEdit {
  const errors: RpcError[] = [];
  return { statements: canonicalAll(written, rule, path, errors), errors };
}

function canonicalAll(
  written: readonly Statement[],
  parent: Rule,
  path: readonly string[],
  errors: RpcError[],
): readonly Statement[] {
  const done: Statement[] = [];
  for (const statement of written.flatMap((one) => split(one, parent))) {
    try {
      done.push(canonicalOne(statement, parent, path, errors));
    } catch (error) {
      if (!(error instanceof MisplacedWordError)) throw error;
      errors.push(syntaxError(error.word, { path: editPath(path) }));
    }
  }
  return done;
}

/** Splits `family { inet { … } inet6 { … } }` into `family inet { … }` and `family inet6 { … }`, which mean the same. Seen on Junos 16.1. */
function split(written: Statement, parent: Rule): readonly Statement[] {
  const [keyword = '', ...names] = written.words;
  const rule = ruleOf(parent, keyword);
  const isWhole = rule?.form !== 'block' || rule.keys !== 1 || names.length > 0;
  if (isWhole || written.children === undefined || written.children.length === 0) return [written];
  return written.children.map((child) => ({
    ...child,
    words: [keyword, ...child.words],
    ...(written.tag !== undefined && child.tag === undefined && { tag: written.tag }),
  }));
}

function canonicalOne(
  written: Statement,
  parent: Rule,
  path: readonly string[],
  errors: RpcError[],
): Statement {
  const [keyword = '', ...values] = written.words;
  const rule = ruleOf(parent, keyword);
  if (!rule) throw new MisplacedWordError(keyword);
  if (rule.form === 'opaque') return opaqueChain(written);
  if (rule.form === 'block') return canonicalBlock(written, rule, path, errors);
  if (written.children) throw new MisplacedWordError(values[0] ?? keyword);
  const mayLackValue = written.tag === 'delete' || written.tag === 'active' || written.tag === 'inactive';
  if (rule.form === 'list') {
    const list = [...values, ...(written.list ?? [])];
    if ((values.length > 0 && written.list) || values.length > 1)
      throw new MisplacedWordError(values[1] ?? '[');
    if (list.length === 0 && !mayLackValue) throw new MisplacedWordError(keyword);
    return withTag({ words: [keyword], list }, written.tag);
  }
  if (written.list) throw new MisplacedWordError('[');
  const expected = rule.form === 'leaf' ? 1 : 0;
  if (values.length > expected) throw new MisplacedWordError(values[expected] ?? '');
  if (values.length < expected && !mayLackValue) throw new MisplacedWordError(keyword);
  const words = rule.secret ? [keyword, ...values.map(scrambled)] : written.words;
  return withTag({ words }, written.tag);
}

function canonicalBlock(
  written: Statement,
  rule: Rule,
  path: readonly string[],
  errors: RpcError[],
): Statement {
  const length = headLength(rule);
  const words = written.words.slice(0, length);
  if (words.length < length) throw new MisplacedWordError(words.at(-1) ?? '');
  const rest = written.words.slice(length);
  const [next] = rest;
  if (next === undefined) {
    if (written.list) throw new MisplacedWordError(written.list[0] ?? '[');
    const children = canonicalAll(written.children ?? [], rule, [...path, ...words], errors);
    return withTag({ words, children }, written.tag);
  }
  const inner = canonicalOne({ ...written, words: rest }, rule, [...path, ...words], errors);
  return { words, children: [inner] };
}

/** In an opaque part each word becomes a block, so that text and set commands give the same statements. */
function opaqueChain(written: Statement): Statement {
  const [first = '', ...rest] = written.words;
  if (rest.length > 0) return { words: [first], children: [opaqueChain({ ...written, words: rest })] };
  const values = (written.list ?? []).map((value) => ({ words: [value], children: [] }));
  const children = [...values, ...(written.children ?? []).map(opaqueChain)];
  return withTag({ words: [first], children }, written.tag);
}

const SCRAMBLED = '$9$';
const STORED = /^\$9\$([0-9a-z]{6})((?:[0-9a-f]{2})*)$/;

/** Grows with each secret that is stored, on whatever router. */
let stored = 0;

/** A secret in the form in which a router stores and shows it. As Junos does, a router draws another form each time. */
export function scrambled(secret: string): string {
  if (secret.startsWith(SCRAMBLED)) return secret;
  stored += 1;
  const salt = stored.toString(36).padStart(6, '0');
  return `${SCRAMBLED}${salt}${mixed(Buffer.from(secret), salt).toString('hex')}`;
}

/** The secret of a stored form. A form that no simulated router has drawn stands for itself. */
export function secretIn(form: string): string {
  const [, salt, octets] = STORED.exec(form) ?? [];
  if (salt === undefined || octets === undefined) return form;
  return mixed(Buffer.from(octets, 'hex'), salt).toString();
}

/** Its own inverse. */
function mixed(octets: Buffer, salt: string): Buffer {
  return Buffer.from(octets.map((octet, at) => octet ^ salt.charCodeAt(at % salt.length)));
}

function withTag(statement: Statement, tag: Statement['tag']): Statement {
  return tag === undefined ? statement : { ...statement, tag };
}
