/** Text from elsewhere, fit for a line on a terminal: without control characters, which could steer it or forge a line. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** The same for text of several lines: those stay, and so do tabs. */
export function printableLines(text: string): string[] {
  return text.split('\n').map((line) => line.replaceAll(/(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').trimEnd());
}
