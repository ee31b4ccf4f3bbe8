/** Texts by their width on a terminal, to measure, fill, cut and wrap them. East Asian characters and emoji take two columns, combining marks none (Unicode UAX #11). */
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

/** The text in lines of at most `columns` columns, broken at blanks. A longer word has a line of its own. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
