/** Changes to an input that preserve most of its structure. */
import type { Random } from '../chaos/random.ts';

/** Longest input: long enough for every state of the parsers, short enough for a hundred thousand a second. */
export const longestInput = 2_048;

const odd = [
  '\u0000',
  '\u0007',
  '\r',
  '\n',
  '\t',
  ' ',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u00ff',
  '\u2028',
  '\u202e',
  '\ud800',
  '\udc00',
  '\ufeff',
  '\ufffd',
  '\uffff',
  '0',
  'a',
  '"',
  "'",
  '\\',
  '/',
  '%',
];

export function mutated(
  input: string,
  random: Random,
  { tokens, others }: { readonly tokens: readonly string[]; readonly others: readonly string[] },
): string {
  let text = input;
  for (let left = random.whole(1, 4); left > 0; left -= 1) text = change(text, random, tokens, others);
  return text.slice(0, longestInput);
}

function change(text: string, random: Random, tokens: readonly string[], others: readonly string[]): string {
  const from = random.whole(0, text.length);
  const to = Math.min(text.length, from + random.whole(1, random.chance(0.2) ? 64 : 6));
  const [before, span, after] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
  switch (random.whole(0, 9)) {
    case 0:
      return before + after;
    case 1:
      return before + span + span + after;
    case 2:
      return before + span.repeat(random.whole(3, 40)) + after;
    case 3:
      return before + random.pick(odd) + after;
    case 4:
      return before + String.fromCharCode(random.whole(0, 255)) + span + after;
    case 5:
      return before;
    case 6: {
      const other = others.length === 0 ? '' : random.pick(others);
      const at = random.whole(0, other.length);
      return before + other.slice(at, at + random.whole(1, 80)) + after;
    }
    case 7:
      return before + String(random.pick([-1, 0, 1, 10, 255, 4096, 65_536, 4_294_967_296, 1e21])) + after;
    default:
      return before + random.pick(tokens) + (random.chance(0.5) ? span : '') + after;
  }
}
