/** Secrets in messages between a router and gateway-saga. */

export const TRANSCRIPT_MASK = 'MASKED';

/** Statements of Junos whose value is a secret, in any section. */
const KEYWORDS = [
  'authentication-key',
  'authentication-password',
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
const WORD = String.raw`(?:"[^"]*"|&quot;(?:(?!&quot;)[^])*&quot;|[^\s;<>"{}\[\]]+)`;
const BY_KEYWORD = new RegExp(
  String.raw`\b(${KEYWORDS.join('|')})(\s+)(${WORD})(?=\s*(?:;|$|\n|&lt;|<))`,
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

/** As `writeXml` escapes a text. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
