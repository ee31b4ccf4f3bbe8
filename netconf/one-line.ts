/**
 * Makes a router's text fit for a message. A file of its own, because every file that makes messages imports it.
 */

/** Longest message of an error, in characters. It is limited because messages go into logs, workflow histories and etcd. */
export const maxMessageLength = 1_000;

/** The text on one line, without characters that a terminal would obey, cut to `longest` characters. */
export function oneLine(text: string, longest: number): string {
  const line = text
    // A router may send megabytes: only the part that can be shown is read.
    .slice(0, 2 * longest)
    // A blank that looks like a space and is none is often the fault itself.
    .replace(/(?! )\p{Zs}/gu, (blank) => `\\u${blank.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/\p{Cs}/gu, '\ufffd')
    .trim();
  const characters = Array.from(line);
  return characters.length > longest || text.length > 2 * longest
    ? `${characters.slice(0, longest - 1).join('')}…`
    : line;
}
