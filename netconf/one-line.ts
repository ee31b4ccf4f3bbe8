/** Longest message of an error: it goes into logs, histories and records. */
export const maxMessageLength = 1_000;

/** Text from a router for a message: on one line, without what a terminal would obey, and cut. */
export function oneLine(text: string, longest: number): string {
  const line = text
    // What is cut off anyway need not be looked at: a router may send megabytes.
    .slice(0, 2 * longest)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/\p{Cs}/gu, '\ufffd')
    .trim();
  const characters = Array.from(line);
  return characters.length > longest || text.length > 2 * longest
    ? `${characters.slice(0, longest - 1).join('')}…`
    : line;
}
