/** A slice of the mutants for one day: some lines of some files, other ones every day. */
import { readFile } from 'node:fs/promises';
import { ROOT } from '../../../local/folders.ts';
import { randomOf } from '../../chaos/random.ts';
import { filesOf, TARGETS } from './targets.ts';

/** How many lines make a piece. A file is mutated piece by piece. */
const PIECE = 30;

export interface Piece {
  readonly file: string;
  /** The first and the last line, from 1. */
  readonly lines: readonly [number, number];
}

/** All pieces of all folders, in an order that differs from day to day. A run with little time takes the first ones. */
export async function piecesOf(day: string): Promise<readonly Piece[]> {
  const files = (await Promise.all(TARGETS.map(filesOf))).flat();
  const pieces = await Promise.all(
    files.map(async (file) => {
      const count = (await readFile(`${ROOT}${file}`, 'utf8')).split('\n').length;
      return Array.from({ length: Math.ceil(count / PIECE) }, (_, index): Piece => {
        const from = index * PIECE + 1;
        return { file, lines: [from, Math.min(from + PIECE - 1, count)] };
      });
    }),
  );
  const random = randomOf(day);
  return pieces
    .flat()
    .map((piece) => ({ piece, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ piece }) => piece);
}
