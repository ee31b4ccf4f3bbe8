/** Masks secrets in text of Junos: in messages between a router and gateway-saga, and in configuration text of records. */
import { parse } from '../junos/parse.ts';
import type { ParseOptions } from '../junos/parse.ts';
import { conceal, placeholder, placeholdersIn } from '../junos/placeholders.ts';
import { JunosWordError, print } from '../junos/print.ts';
import { JunosSyntaxError } from '../junos/syntax-error.ts';

export const TRANSCRIPT_MASK = 'MASKED';

/** Statements of Junos whose value is a secret, in any section. */
const KEYWORDS = [
  'authentication-key',
  String.raw`authentication-key\s+\S+\s+type\s+\S+\s+value`,
  'authentication-password',
  'auth-token',
  'cak',
  'privacy-password',
  'encrypted-password',
  'plain-text-password-value',
  'plain-text-password',
  'ascii-text',
  'hexadecimal',
  'pre-shared-key',
  'shared-secret',
  'secret',
  'password',
  'community-name',
  'passphrase',
  'md5',
  'key',
];

/** A word of configuration, in quotes that may be escaped for XML, or without. */
const WORD = String.raw`(?:"(?:[^"\\]|\\.)*"|&quot;(?:(?!&quot;)[^])*&quot;|[^\s;<>"{}\[\]]+)`;
const COMMENT = String.raw`/\*(?:[^*]|\*(?!/))*\*/`;
const BY_KEYWORD = new RegExp(
  String.raw`\b(${KEYWORDS.join('|')})(\s+)(${WORD})(?=\s*(?:${COMMENT}\s*)?(?:;|$|\n|&lt;|<))`,
  'gm',
);
const BY_ELEMENT = new RegExp(`<(${KEYWORDS.join('|')})>[^<]*<`, 'g');
/** Junos's own forms: `$9$…` can be decoded, the others are hashes. */
const BY_FORM = /\$(?:1|5|6|8|9)\$[^\s"&;<]+/g;
const BY_MARK = new RegExp(String.raw`(${WORD})(?=\s*;\s*##\s*SECRET-DATA)`, 'g');

/** The text with `mask` in place of `secrets`, and of whatever looks like a secret of Junos. */
export function maskSecrets(
  text: string,
  secrets: readonly string[],
  mask: string = TRANSCRIPT_MASK,
): string {
  const known = secrets
    .filter((secret) => secret !== '')
    .toSorted((one, other) => other.length - one.length)
    .reduce((masked, secret) => masked.replaceAll(secret, mask).replaceAll(escaped(secret), mask), text);
  return known
    .replaceAll(BY_FORM, mask)
    .replaceAll(BY_MARK, mask)
    .replaceAll(BY_KEYWORD, `$1$2${mask}`)
    .replaceAll(BY_ELEMENT, `<$1>${mask}<`);
}

/**
 * Configuration text with `mask` in place of its keys. If it has any, it is printed anew, without its comments. A text that can't be parsed is masked
 * only by what it looks like.
 */
export function maskConfiguration(text: string, mask: string): string {
  const shown = withPlaceholders(text, 'us') ?? withPlaceholders(text, 'router') ?? text;
  return maskSecrets(shown, placeholdersIn(shown), mask);
}

/** The text with placeholders in place of its keys; as it is, if it has none. `undefined`: it can't be parsed. */
function withPlaceholders(text: string, by: ParseOptions['by']): string | undefined {
  let isFound = false;
  const placeholderOf = (name: string): string => {
    isFound = true;
    return placeholder(name, '0'.repeat(16));
  };
  try {
    const printed = print(conceal(parse(text, { by }), placeholderOf));
    return isFound ? printed : text;
  } catch (error) {
    if (error instanceof JunosSyntaxError || error instanceof JunosWordError) return undefined;
    throw error;
  }
}

/** As `writeXml` escapes a text. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
