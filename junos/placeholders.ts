/**
 * Secrets in configuration text, and the placeholders that stand for them in records. A placeholder is one word, which needs no quotes:
 * `authentication-key <secret:authentication-key:3f2a9c0e51d7b846>`. No text that is rendered has such a word of its own, so that a placeholder
 * can be told from the words around it.
 */
import { rolesOf } from './model.ts';
import { quoteWord } from './print.ts';
import type { Path, Statement } from './tree.ts';

/** Gives the placeholder for a secret. `name`: the keyword in front of it. */
export type PlaceholderOf = (name: string, secret: string) => string;

const whole = /^<secret:[a-z0-9-]+:[0-9a-f]{16}>$/;
const anywhere = /<secret:[a-z0-9-]+:[0-9a-f]{16}>/g;
/**
 * Keywords of Junos whose value is a secret, in any section: those whose values Junos's YANG models call unreadable, and the keywords by which the same
 * secrets are written in plain text. Public keys are no secrets, although Junos marks them as `SECRET-DATA`, too.
 */
const secretKeyword =
  /^(?:(?:[a-z0-9]+-)*(?:authentication-key|privacy-key|shared-key|password|secret|passphrase|auth-token)|ascii-text|hexadecimal|plain-text-password-value|cak|community-name)$/;

/** @param digest 16 hexadecimal digits */
export function placeholder(name: string, digest: string): string {
  return `<secret:${name.replace(/[^a-z0-9-]/g, '') || 'word'}:${digest}>`;
}

/** Whether the word is a hash or a `$9$` or `$8$` form, as Junos stores passwords and keys. */
export function isStoredForm(word: string): boolean {
  return /^\$[15689]\$./.test(word);
}

/**
 * A secret that a template has written, as a word that says so. The keyword in front of it need not be one whose value is a secret. `conceal`
 * puts a placeholder in its place.
 */
export function mark(secret: string): string {
  const octets = new TextEncoder().encode(secret);
  return `<own-secret:${[...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('')}>`;
}

const marked = /^<own-secret:((?:[0-9a-f]{2})+)>$/;

/** The secret behind a mark. `undefined`: the word is no mark. */
function secretBehind(word: string): string | undefined {
  const octets = marked
    .exec(word)?.[1]
    ?.match(/../g)
    ?.map((octet) => Number.parseInt(octet, 16));
  return octets && new TextDecoder().decode(Uint8Array.from(octets));
}

/** All marks of a text, each once. */
export function marksIn(text: string): readonly string[] {
  return [...new Set(text.match(/<own-secret:[0-9a-f]*>/g) ?? [])];
}

/** The text without what marks tell of their secrets, also where a mark is cut. For messages: a mark is as good as its secret. */
export function withoutMarks(text: string): string {
  return text.replace(/<own-secret:[0-9a-f]*(?:>|…)?/g, '(hidden)');
}

export function isPlaceholder(word: string): boolean {
  return whole.test(word);
}

/** All placeholders of a text, each once. */
export function placeholdersIn(text: string): readonly string[] {
  return [...new Set(text.match(anywhere) ?? [])];
}

/** The first word that could be taken for a placeholder or a mark; `marks` don't count. */
export function likePlaceholder(
  statements: readonly Statement[],
  marks: readonly string[] = [],
): string | undefined {
  const isLike = (word: string): boolean => /<(?:own-)?secret:/.test(word) && !marks.includes(word);
  for (const { words, list = [], children = [] } of statements) {
    const found = [...words, ...list].find(isLike) ?? likePlaceholder(children, marks);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The statements with placeholders in place of secrets. What is a placeholder already stays. */
export function conceal(
  statements: readonly Statement[],
  placeholderOf: PlaceholderOf,
  above: Path = [],
): Statement[] {
  return statements.map((statement): Statement => {
    const { words, list = [], children } = statement;
    const path = [...above, ...words];
    const isLeaf = children === undefined || children.length === 0;
    const from = above.length;
    return {
      ...statement,
      words: concealPath([...path, ...list], placeholderOf, { from, to: path.length, isLeaf }).slice(
        from,
        path.length,
      ),
      ...(statement.list && {
        list: list.flatMap((word) =>
          concealPath([...path, word], placeholderOf, { from: path.length }).slice(path.length),
        ),
      }),
      ...(children && { children: conceal(children, placeholderOf, path) }),
    };
  });
}

/** The part of a path in which secrets are looked for. `isLeaf`: no block follows the path. */
interface ConcealedPart {
  readonly from?: number;
  readonly to?: number;
  readonly isLeaf?: boolean;
}

/** The path of a statement with placeholders in place of secrets. Words before `from` stay, and so do those from `to` on. */
export function concealPath(
  path: Path,
  placeholderOf: PlaceholderOf,
  { from = 0, to = path.length, isLeaf = true }: ConcealedPart = {},
): Path {
  return path.map((word, index) => {
    if (index < from || index >= to) return word;
    const name = path[index - 1] ?? '';
    const own = secretBehind(word);
    if (own !== undefined) return placeholderOf(name, own);
    const before = path.slice(0, index);
    const isValue = isLeaf && (isNumberedKey(before) || isSecretPlace(path, index));
    if (isPlaceholder(word) || !(isValue || isStoredForm(word))) return word;
    return placeholderOf(name, word);
  });
}

/** Whether the word at `index` of a statement is a secret. */
function isSecretPlace(path: Path, index: number): boolean {
  const isLast = index === path.length - 1;
  // A local certificate is a word without a keyword, below its name.
  const isCertificate = path.slice(0, index).slice(-4, -1).join(' ') === 'security certificates local';
  if (isLast && isCertificate) return true;
  return secretKeyword.test(path[index - 1] ?? '') && (isLast || isSecretAmongWords(path, index));
}

/**
 * Whether the word behind a secret's keyword is the secret, where more words follow: `authentication-key x peer-as 64512`. The keyword may be a name
 * instead, as in `community secret members 65000:1`, and another keyword may stand behind it: `pre-shared-key ascii-text x`.
 */
function isSecretAmongWords(path: Path, index: number): boolean {
  const [keyword, own] = rolesOf(path.slice(0, index + 1)).slice(-2);
  if (keyword === 'key' || keyword === 'entry' || keyword === 'value') return false;
  if (own === 'value') return true;
  const [word, next] = path.slice(index, index + 2);
  const isNumber = path[index - 1] === 'authentication-key' && (next === 'type' || next === 'value');
  return !isNumber && word !== 'ckn' && !secretKeyword.test(word ?? '');
}

/**
 * Whether these words end with the keyword of one of several keys, each of which has a number: `md5 1 key`, `authentication-key 2 type md5 value`. More
 * words may stand behind the secret. Elsewhere the same keywords are harmless: a tunnel has a `key`, too.
 */
function isNumberedKey(path: Path): boolean {
  const keyword = path.at(-1);
  if (keyword === 'key') return path.some((word) => /^(?:[a-z]+-)*md5$/.test(word));
  return keyword === 'value' && path.includes('authentication-key');
}

/** The text with secrets in place of their placeholders, each quoted where it needs that. */
export function reveal(text: string, secretOf: (placeholder: string) => string): string {
  return text.replace(anywhere, (found) => quoteWord(secretOf(found)));
}
