/**
 * Text that a router should not have sent: octets that are not UTF-8, because somebody has typed a log in Latin-1; a reference to a character that XML
 * excludes, `&#8;`; the wildcard `<*>` of Junos's configuration groups without its escapes.
 *
 * 1. Each of them is read as U+FFFD, and the element is marked as damaged. So a log that nobody can read keeps nobody off the router.
 * 2. In this way two different texts could become one. So whoever compares a text refuses it if it is damaged. A diff is not compared: it is read for the
 *    places that it names, and no place of ours has such a character.
 * 3. Only text is read in this way. In a tag, in an attribute, or outside of all elements, such characters make the message malformed.
 */
import { badOctet, REPLACEMENT } from './bad-octets.ts';
import { unescapeXml } from './xml.ts';

/** The wildcard, where it stands for itself. */
export const rawWildcard = '<*>';

export interface ReadText {
  readonly text: string;
  readonly isDamaged: boolean;
}

export const damagedText: ReadText = { text: REPLACEMENT, isDamaged: true };

/** @throws {XmlError} if it holds a reference that XML doesn't know. */
export function readText(source: string): ReadText {
  const { text, isDamaged } = readCharacters(source);
  let hasExcluded = false;
  const whole = unescapeXml(text, () => {
    hasExcluded = true;
    return REPLACEMENT;
  });
  return { text: whole, isDamaged: isDamaged || hasExcluded };
}

/** The same for CDATA, which holds no references. */
export function readCharacters(source: string): ReadText {
  const isDamaged = source.includes(badOctet);
  return { text: isDamaged ? source.replaceAll(badOctet, REPLACEMENT) : source, isDamaged };
}
