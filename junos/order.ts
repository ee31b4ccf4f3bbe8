/** Puts the entries of one list into an order, by as few moves as possible. */
import type { Order } from './difference.ts';
import type { SetCommand } from './set.ts';

export type Insert = Extract<SetCommand, { readonly verb: 'insert' }>;

/**
 * The moves that put the wanted entries into their order, once the missing ones were added at the end and `arranged` was carried out. Entries of others are
 * never moved. Of the wanted entries that stood before, as many as possible stay where they are.
 */
export function movesOf({ list, wanted, standing }: Order, arranged: readonly Insert[]): Insert[] {
  const added = wanted.filter((name) => !standing.includes(name));
  const own = arranged.filter(({ path }) => isEntryOf(path, list));
  let sequence = own.reduce<readonly string[]>(move, [...standing, ...added]);
  const place = (name: string): number => sequence.indexOf(name);
  const fixed = new Set(
    longestRising(
      wanted.filter((name) => standing.includes(name)),
      place,
    ),
  );
  const moves: Insert[] = [];
  for (const [index, name] of wanted.entries()) {
    if (fixed.has(name)) continue;
    const previous = wanted[index - 1];
    const next = wanted.slice(index + 1).find((other) => fixed.has(other));
    const isBehind = previous === undefined || place(previous) < place(name);
    if (isBehind && (next === undefined || place(name) < place(next))) continue;
    const anchor = [...list.slice(-1), previous ?? next ?? ''];
    const position = previous === undefined ? 'before' : 'after';
    const command: Insert = { verb: 'insert', path: [...list, name], position, anchor };
    sequence = move(sequence, command);
    moves.push(command);
  }
  return moves;
}

const isEntryOf = (path: readonly string[], list: readonly string[]): boolean =>
  path.length === list.length + 1 && list.every((word, index) => path[index] === word);

/** The sequence after a move. It stays as it is if one of the two entries isn't there. */
function move(sequence: readonly string[], { path, position, anchor }: Insert): readonly string[] {
  const name = path.at(-1) ?? '';
  const rest = sequence.filter((other) => other !== name);
  const at = rest.indexOf(anchor.at(-1) ?? '');
  if (at < 0 || rest.length === sequence.length) return sequence;
  return rest.toSpliced(position === 'before' ? at : at + 1, 0, name);
}

/** The longest selection of names whose places rise. */
function longestRising(names: readonly string[], place: (name: string) => number): readonly string[] {
  const endingWith: (readonly string[])[] = [];
  for (const name of names) {
    const fitting = endingWith.filter((run) => place(run.at(-1) ?? '') < place(name));
    endingWith.push([...longest(fitting), name]);
  }
  return longest(endingWith);
}

const longest = (runs: readonly (readonly string[])[]): readonly string[] =>
  runs.reduce((best, run) => (run.length > best.length ? run : best), []);
