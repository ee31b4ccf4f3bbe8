/** A place in a text. Line and column are counted from 1. */
interface LineAndColumn {
  readonly line: number;
  readonly column: number;
}

/**
 * Thrown when text is not Junos configuration text, or not a set command. The message holds at most a few characters of the text, and
 * nothing that stood in quotes, so that it can be logged.
 */
export class JunosSyntaxError extends Error {
  override readonly name = 'JunosSyntaxError';
  readonly line: number;
  readonly column: number;
  readonly expected: string;
  readonly got: string;

  constructor(place: LineAndColumn, expected: string, got: string) {
    super(`line ${place.line}, column ${place.column}: expected ${expected}, got ${got}`);
    this.line = place.line;
    this.column = place.column;
    this.expected = expected;
    this.got = got;
  }
}

/** Text for a message: in quotes, cut to `limit` characters, with control characters as `\u….`. */
export function shown(text: string, limit = 24): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return `'${cut.replace(/\p{C}/gu, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)}'`;
}
