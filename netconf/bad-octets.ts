/** Octets that are not UTF-8, in a text. */

/** What is shown for a character that can't be read. */
export const REPLACEMENT = '\ufffd';

/** Stands for octets that are not UTF-8, until the message is parsed: U+FFFF, which no XML may hold (XML 1.0 §2.2). */
export const badOctet = '\uffff';

/** The bytes as text, with `badOctet` in place of octets that are not UTF-8. A U+FFFD that the router has sent stays one. */
export function decodeMarked(bytes: Buffer): string {
  const sent = Buffer.from(REPLACEMENT);
  const parts: string[] = [];
  let from = 0;
  for (let at = bytes.indexOf(sent); at !== -1; at = bytes.indexOf(sent, from)) {
    parts.push(bytes.toString('utf8', from, at));
    from = at + sent.length;
  }
  parts.push(bytes.toString('utf8', from));
  return parts.map((part) => part.replaceAll(REPLACEMENT, badOctet)).join(REPLACEMENT);
}
