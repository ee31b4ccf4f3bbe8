/** How wide a text is on a terminal: East Asian characters and emoji take two columns, combining marks none (Unicode UAX #11). */
import stringWidth from 'string-width';

const clusters = new Intl.Segmenter();

export function widthOf(text: string): number {
  return stringWidth(text);
}

/** The text, with blanks behind it, so that both take `columns` columns. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** The text, at most `columns` columns wide. A text that is cut ends in `…`. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 1) return '';
  let left = columns - 1;
  let start = '';
  for (const { segment } of clusters.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    start += segment;
  }
  return `${start}…`;
}
