import { withoutEmptyNote } from '../etcd/errors.ts';
import { oneLine, shownBlanks } from '../gateway/display.ts';

/** Text from elsewhere, fit for a line on a terminal: without control characters, which could steer it or forge a line. */
export function printable(text: string): string {
  return shownBlanks(text)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

/** What a person said, whole and in the form in which requests take it: on one line, without two blanks in a row. */
export function said(text: string): string {
  const shown = printable(text);
  return oneLine(shown, shown.length + 1);
}

/** Text of several lines from elsewhere, line by line. Tabs stay; each other control character becomes `?`. */
export function printableLines(text: string): string[] {
  return text.split('\n').map((line) => line.replaceAll(/(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').trimEnd());
}

/** An error's message, and the messages of those of its causes that add something. */
export function printableMessage(error: Error): string {
  const own = printable(withoutEmptyNote(error.message));
  if (!(error.cause instanceof Error)) return own;
  const deeper = printableMessage(error.cause);
  return own.includes(deeper) ? own : `${own}: ${deeper}`;
}
