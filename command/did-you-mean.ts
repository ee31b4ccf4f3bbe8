/** What a person who mistyped a word may have meant. */

/** How many words are proposed at most. */
const MOST = 3;
/** Longer words are names that nobody types. */
const LONGEST = 64;

/**
 * The known words that are next to the given one, nearest first: with at most 1 slip in a word of up to 4 characters, 2 of up to 8, else 3. A slip
 * is a character too many, too few or wrong, or two that are exchanged. Upper and lower case count as the same.
 */
export function nearest(given: string, known: Iterable<string>): readonly string[] {
  const word = given.toLowerCase();
  const most = word.length <= 4 ? 1 : word.length <= 8 ? 2 : 3;
  if (word.length > LONGEST) return [];
  const found: (readonly [slips: number, word: string])[] = [];
  for (const one of new Set(known)) {
    if (Math.abs(one.length - word.length) > most) continue;
    const slips = slipsBetween(word, one.toLowerCase());
    if (slips <= most) found.push([slips, one]);
  }
  return found
    .sort(([slips, one], [others, other]) => slips - others || one.localeCompare(other))
    .slice(0, MOST)
    .map(([, one]) => one);
}

/** `; did you mean acme-fra, acme-fri?`; empty if no word is next to the given one. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const words = nearest(given, known);
  return words.length === 0 ? '' : `; did you mean ${words.join(', ')}?`;
}

/** The optimal string alignment distance. */
function slipsBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const at = (cells: readonly number[], index: number) => cells[index] ?? Infinity;
      const isSame = one[row - 1] === other[column - 1];
      const isExchanged =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next[column] = Math.min(
        at(last, column) + 1,
        at(next, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isExchanged ? at(beforeLast, column - 2) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, next];
  }
  return last[other.length] ?? 0;
}
